package io.arkvale.experiments.chart;

import io.arkvale.experiments.chart.Mark.Form;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The one place that knows which name has which colour. A policy, a digest and a part of a step look the same in every
 * chart; a policy with options has the colour of the policy. Colours were searched for so that people who lack one kind
 * of cone tell any two of them apart, on light and on dark ground.
 */
public final class Palette {
    private static final Ink VERMILION = new Ink("#ff3d12", "#f7820f");
    private static final Ink INDIGO = new Ink("#4532fc", "#6e5ced");
    private static final Ink SKY = new Ink("#0795ff", "#2cd7ff");
    private static final Ink BERRY = new Ink("#91006b", "#b73592");
    private static final Ink GREEN = new Ink("#009940", "#69c186");
    private static final Ink OLIVE = new Ink("#59500b", "#8d6a19");
    private static final Ink VIOLET = new Ink("#8a20af", "#cc79f5");

    /** Colours of policies and digests. */
    public static final List<Ink> COLORS =
            List.of(VERMILION, INDIGO, SKY, BERRY, GREEN, OLIVE, VIOLET, Ink.TEXT, Ink.MUTED);

    /** Colours of what has an order: sizes, shares, budgets. */
    public static final List<Ink> STEPS = List.of(
            new Ink("#3b1c6b", "#8f6fd6"),
            new Ink("#2a6f9e", "#4f9fd0"),
            new Ink("#2a9d75", "#4fc79a"),
            new Ink("#b0860a", "#e8c34a"));

    /** Grounds of a heat map from little to much. */
    public static final List<Ink> HEAT = List.of(
            new Ink("#fff4d6", "#2b2410"),
            new Ink("#fbdb9d", "#4d3a12"),
            new Ink("#f6bd6b", "#74500f"),
            new Ink("#ef9a4a", "#935a0e"));

    private static final List<Form> FORMS = List.of(Form.CIRCLE, Form.SQUARE, Form.UP, Form.DOWN, Form.DIAMOND);

    private static final Map<String, Mark> NAMED = Map.ofEntries(
            Map.entry("full", new Mark(Ink.TEXT, Form.DIAMOND)),
            Map.entry("oracle", new Mark(Ink.MUTED, Form.SQUARE)),
            Map.entry("arkvale", new Mark(VERMILION, Form.CIRCLE)),
            Map.entry("pages", new Mark(VERMILION, Form.SQUARE)),
            Map.entry("streaming-llm", new Mark(INDIGO, Form.SQUARE)),
            Map.entry("lm-infinite", new Mark(INDIGO, Form.UP)),
            Map.entry("duo-attention", new Mark(INDIGO, Form.DOWN)),
            Map.entry("h2o", new Mark(SKY, Form.UP)),
            Map.entry("scissorhands", new Mark(SKY, Form.SQUARE)),
            Map.entry("keyformer", new Mark(SKY, Form.CIRCLE)),
            Map.entry("q-hitter", new Mark(SKY, Form.DOWN)),
            Map.entry("alisa", new Mark(SKY, Form.DIAMOND)),
            Map.entry("tova", new Mark(BERRY, Form.DOWN)),
            Map.entry("keydiff", new Mark(BERRY, Form.SQUARE)),
            Map.entry("expected-attention", new Mark(BERRY, Form.UP)),
            Map.entry("kvzip", new Mark(BERRY, Form.DIAMOND)),
            Map.entry("quest", new Mark(GREEN, Form.CIRCLE)),
            Map.entry("iceformer", new Mark(GREEN, Form.SQUARE)),
            Map.entry("sparq", new Mark(GREEN, Form.UP)),
            Map.entry("shadowkv", new Mark(GREEN, Form.DOWN)),
            Map.entry("rocketkv", new Mark(GREEN, Form.DIAMOND)),
            Map.entry("infllm", new Mark(OLIVE, Form.CIRCLE)),
            Map.entry("quantised", new Mark(OLIVE, Form.SQUARE)),
            Map.entry("snapkv", new Mark(VIOLET, Form.CIRCLE)),
            Map.entry("pyramidkv", new Mark(VIOLET, Form.UP)),
            Map.entry("ada-kv", new Mark(VIOLET, Form.SQUARE)),
            Map.entry("fastgen", new Mark(VIOLET, Form.DOWN)),
            Map.entry("cuboid-mean", new Mark(VERMILION, Form.CIRCLE)),
            Map.entry("cuboid-max", new Mark(GREEN, Form.UP)),
            Map.entry("cuboid-center", new Mark(INDIGO, Form.SQUARE)),
            Map.entry("sphere-mean", new Mark(SKY, Form.CIRCLE)),
            Map.entry("sphere-max", new Mark(VIOLET, Form.UP)),
            Map.entry("sphere-center", new Mark(OLIVE, Form.SQUARE)),
            Map.entry("centroid", new Mark(Ink.TEXT, Form.DIAMOND)));

    private static final Map<String, Ink> PARTS = Map.of(
            "other", new Ink("#b9c0c7", "#57606a"),
            "attention", new Ink("#2f6fb0", "#3d86cf"),
            "estimate", new Ink("#7fb3e0", "#9cccf5"),
            "select", new Ink("#123a66", "#1f4f86"),
            "recall", VERMILION);

    private Palette() {}

    /**
     * How policies or digests look, in the order of their names. The colour is the name's own, and so is the shape of a
     * name without options. Variants of a policy take the shapes of its colour that are left.
     */
    public static List<Mark> of(List<String> names) {
        var marks = new HashMap<String, Mark>();
        names.stream().filter(name -> !isVariant(name)).forEach(name -> marks.put(name, own(name)));
        for (var name : names) {
            if (isVariant(name)) {
                var mark = own(name);
                for (int i = 0; i < FORMS.size() && marks.containsValue(mark); i++) {
                    mark = new Mark(mark.ink(), FORMS.get(i));
                }
                marks.put(name, mark);
            }
        }
        return names.stream().map(marks::get).toList();
    }

    private static boolean isVariant(String name) {
        return name.contains(":");
    }

    private static Mark own(String name) {
        var base = name.replaceFirst(":.*", "");
        base = base.substring(base.lastIndexOf('.') + 1);
        var named = NAMED.get(base);
        if (named != null) {
            return named;
        }
        // A name that nobody gave a look has the same one in every chart all the same.
        var number = Math.floorMod(base.hashCode(), (COLORS.size() - 2) * FORMS.size());
        return new Mark(COLORS.get(number % (COLORS.size() - 2)), FORMS.get(number / (COLORS.size() - 2)));
    }

    /** The look of the step of this number among some that have an order. */
    public static Mark step(int number) {
        return new Mark(STEPS.get(number % STEPS.size()), FORMS.get(number % FORMS.size()));
    }

    /** The colour of a part of a decode step. */
    public static Ink part(String name) {
        return PARTS.getOrDefault(name, Ink.MUTED);
    }

    /** Every colour that a drawing may have. */
    public static List<Ink> all() {
        return Stream.of(
                        List.of(Ink.TEXT, Ink.MUTED, Ink.GRID, Ink.GROUND),
                        COLORS,
                        STEPS,
                        HEAT,
                        List.copyOf(PARTS.values()))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** The colours of the parts of a step. */
    static List<Ink> parts() {
        return List.copyOf(PARTS.values());
    }
}
