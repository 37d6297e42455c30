package io.arkvale.experiments.task;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Several keys with 7-digit values inside filler, and several questions one after another in one text, the answers kept.
 * What matters moves from question to question: this separates recall from eviction.
 */
public final class Needles implements Task {
    private static final String TASK = "Some special magic numbers are hidden within the following text."
            + " Make sure to memorize them. I will quiz you about the numbers afterwards.\n";

    private final int needles;
    private final int turns;

    /**
     * Sets the sizes.
     *
     * @param needles keys in the text
     * @param turns questions, about different keys; at most {@code needles}
     */
    public Needles(int needles, int turns) {
        this.needles = needles;
        this.turns = turns;
    }

    @Override
    public String name() {
        return "needles";
    }

    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return Stream.generate(() -> episode(length, random)).limit(samples).toList();
    }

    private Episode episode(int length, RandomGenerator random) {
        var values = MagicNumbers.draw(needles, random);
        var facts = values.entrySet().stream()
                .map(entry -> MagicNumbers.fact(entry.getKey(), entry.getValue()) + " ")
                .toList();
        return new Episode(TASK + Filler.around(facts, length, random), MagicNumbers.questions(values, turns, random));
    }
}
