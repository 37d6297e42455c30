package io.arkvale.experiments.task;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A table of keys with values and nothing else, in sentences that the shipped model knows: dense look-ups, where recall
 * policies can fail.
 */
public final class Records implements Task {
    /** Characters of a line, about. */
    private static final int LINE = 60;

    private final int turns;

    /** That many questions per table. */
    public Records(int turns) {
        this.turns = turns;
    }

    @Override
    public String name() {
        return "records";
    }

    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return Stream.generate(() -> episode(length, random)).limit(samples).toList();
    }

    private Episode episode(int length, RandomGenerator random) {
        var lines = new ArrayList<String>();
        var values = MagicNumbers.draw(Math.max(turns, length / LINE), random);
        values.forEach((key, value) -> lines.add(MagicNumbers.fact(key, value)));
        return new Episode(String.join("\n", lines), MagicNumbers.questions(values, turns, random));
    }
}
