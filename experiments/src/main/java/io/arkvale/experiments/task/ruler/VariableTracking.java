package io.arkvale.experiments.task.ruler;

import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Filler;
import io.arkvale.experiments.task.Scoring;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chains of assignments in filler, by RULER's rules (Hsieh et al., 2024): which variables have the first one's value? The
 * score is the share of them that the answer names.
 */
public final class VariableTracking extends RulerTask {
    private static final String TASK =
            "Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n";
    private static final int NAME_LENGTH = 5;
    private static final int LEAST_VALUE = 10_000;
    private static final int BOUND = 100_000;

    private final int chains;
    private final int hops;

    /**
     * Sets the sizes.
     *
     * @param chains chains in the text, of which one is asked for
     * @param hops assignments after the first one of a chain
     */
    public VariableTracking(int chains, int hops) {
        this.chains = chains;
        this.hops = hops;
    }

    @Override
    public String name() {
        return "variable-tracking";
    }

    @Override
    Episode episode(int length, RandomGenerator random) {
        var names = new LinkedHashSet<String>();
        while (names.size() < chains * (hops + 1)) {
            names.add(name(random));
        }
        var all = List.copyOf(names);
        var values = new LinkedHashSet<String>();
        while (values.size() < chains) {
            values.add(Integer.toString(random.nextInt(LEAST_VALUE, BOUND)));
        }
        // Chains are dealt like packs of cards into each other: each keeps its own order.
        var left = new ArrayList<List<String>>();
        for (var value : values) {
            left.add(new ArrayList<>(
                    chain(all.subList(left.size() * (hops + 1), (left.size() + 1) * (hops + 1)), value)));
        }
        var facts = new ArrayList<String>();
        while (facts.size() < all.size()) {
            var chain = left.get(random.nextInt(chains));
            if (!chain.isEmpty()) {
                facts.add("\n" + chain.removeFirst() + "\n");
            }
        }
        var value = values.getFirst();
        var question = "\nQuestion: Find all variables that are assigned the value " + value
                + " in the text above. Answer: According to the chain(s) of variable assignment in the text above, "
                + (hops + 1) + " variables are assigned the value " + value + ", they are:";
        var references = all.subList(0, hops + 1);
        var tokens = (NAME_LENGTH + 1) * references.size();
        return new Episode(
                TASK + Filler.around(facts, length, random),
                List.of(new Question(question, references, tokens, Scoring.SHARE_FOUND)));
    }

    private static List<String> chain(List<String> names, String value) {
        var lines = new ArrayList<>(List.of("VAR " + names.getFirst() + " = " + value));
        for (int i = 1; i < names.size(); i++) {
            lines.add("VAR " + names.get(i) + " = VAR " + names.get(i - 1));
        }
        return lines;
    }

    private static String name(RandomGenerator random) {
        var letters = random.ints(NAME_LENGTH, 'A', 'Z' + 1);
        return letters.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
