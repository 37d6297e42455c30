package io.arkvale.experiments.task.ruler;

import io.arkvale.experiments.task.Draw;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Filler;
import io.arkvale.experiments.task.HeldOutText;
import io.arkvale.experiments.task.MagicNumbers;
import io.arkvale.experiments.task.Scoring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Needles in a haystack by RULER's rules (Hsieh et al., 2024): keys with one or several values in a haystack, and one
 * question about one or several of the keys. The score is the share of the values that the answer names.
 */
public final class Niah extends RulerTask {
    /** What the needles are hidden in. */
    public enum Haystack {
        /** Five short sentences, over and over. */
        NOISE,
        /** English text. */
        TEXT,
        /** Other needles of the same form. */
        NEEDLES
    }

    /** Characters of a needle, about. */
    private static final int NEEDLE = 62;

    /** Tokens that the model may use for a value and the words around it. */
    private static final int ANSWER_TOKENS = 12;

    private final Haystack haystack;
    private final int keys;
    private final int values;
    private final int queries;

    /**
     * Sets the sizes.
     *
     * @param keys needles' keys; with {@link Haystack#NEEDLES} at least as many as the length has room for
     * @param values values of each key
     * @param queries keys asked for, at most {@code keys}
     */
    public Niah(Haystack haystack, int keys, int values, int queries) {
        this.haystack = haystack;
        this.keys = keys;
        this.values = values;
        this.queries = queries;
    }

    @Override
    public String name() {
        return "niah";
    }

    @Override
    Episode episode(int length, RandomGenerator random) {
        var hidden = haystack == Haystack.NEEDLES ? Math.max(keys, length / NEEDLE / values) : keys;
        var names = List.copyOf(MagicNumbers.draw(hidden, random).keySet());
        var numbers = new ArrayList<List<String>>();
        names.forEach(name -> numbers.add(MagicNumbers.values(values, random)));
        var facts = new ArrayList<String>();
        for (int i = 0; i < hidden; i++) {
            for (var number : numbers.get(i)) {
                facts.add(MagicNumbers.fact(names.get(i), number));
            }
        }
        var asked = Draw.some(IntStream.range(0, hidden).boxed().toList(), queries, random);
        var references = asked.stream().flatMap(i -> numbers.get(i).stream()).toList();
        var one = references.size() == 1;
        var text = instruction(one) + hide(Draw.some(facts, facts.size(), random), length, random);
        var query = joined(asked.stream().map(names::get).toList());
        var question =
                new Question(question(one, query), references, ANSWER_TOKENS * references.size(), Scoring.SHARE_FOUND);
        return new Episode(text, List.of(question));
    }

    private String hide(List<String> facts, int length, RandomGenerator random) {
        var spaced = facts.stream().map(fact -> fact + " ").toList();
        return switch (haystack) {
            case NEEDLES -> String.join("\n", facts);
            case NOISE -> Filler.around(spaced, length, random);
            case TEXT -> Filler.around(spaced, Verses.LINES, length, random);
        };
    }

    private static String instruction(boolean one) {
        return one
                ? "A special magic number is hidden within the following text. Make sure to memorize it."
                        + " I will quiz you about the number afterwards.\n"
                : "Some special magic numbers are hidden within the following text. Make sure to memorize it."
                        + " I will quiz you about the numbers afterwards.\n";
    }

    private static String question(boolean one, String query) {
        return one
                ? String.format(
                        Locale.ROOT,
                        "\nWhat is the special magic number for %s mentioned in the provided text?"
                                + " The special magic number for %s mentioned in the provided text is",
                        query,
                        query)
                : String.format(
                        Locale.ROOT,
                        "\nWhat are all the special magic numbers for %s mentioned in the provided text?"
                                + " The special magic numbers for %s mentioned in the provided text are",
                        query,
                        query);
    }

    /** {@code a}, {@code a and b}, {@code a, b, and c}. */
    private static String joined(List<String> words) {
        var last = words.getLast();
        return switch (words.size()) {
            case 1 -> last;
            case 2 -> words.getFirst() + " and " + last;
            default -> String.join(", ", words.subList(0, words.size() - 1)) + ", and " + last;
        };
    }

    /** Lines of the held-out text, as sentences. */
    private static final class Verses {
        static final List<String> LINES = new String(HeldOutText.bytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line + " ")
                .toList();
    }
}
