package io.arkvale.experiments.task.ruler;

import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Task;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What RULER's tasks share: samples that are drawn one after the other, and what a score is. */
abstract class RulerTask implements Task {
    /** Draws a sample with about so many characters of context. */
    abstract Episode episode(int length, RandomGenerator random);

    @Override
    public final List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return Stream.generate(() -> episode(length, random)).limit(samples).toList();
    }

    @Override
    public final String measure() {
        return "share of references found";
    }
}
