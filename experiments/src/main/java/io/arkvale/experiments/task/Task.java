package io.arkvale.experiments.task;

import java.util.List;
import java.util.random.RandomGenerator;

/** A task whose answers are scored from 0 to 1. */
public interface Task {
    /** Its name in reports. */
    String name();

    /**
     * Makes samples.
     *
     * @param length filler characters of the context
     * @param samples how many
     * @param random source of everything random in them
     */
    List<Episode> episodes(int length, int samples, RandomGenerator random);

    /**
     * The same for a model of the given tokens, which only some tasks look at.
     *
     * @param length filler characters of the context, or what the task says it is
     */
    default List<Episode> episodes(int length, int samples, RandomGenerator random, TextTokens tokens) {
        return episodes(length, samples, random);
    }

    /** What a score is, in words: tables and results say it. */
    default String measure() {
        return "right answers";
    }
}
