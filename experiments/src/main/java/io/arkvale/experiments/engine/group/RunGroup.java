package io.arkvale.experiments.engine.group;

import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.attention.DecodeRows;

/** Runs that decode together; they take consecutive rows of a step. */
interface RunGroup extends AutoCloseable {
    /** Number of runs. */
    int size();

    /**
     * Begins a step in which each run grows by a token.
     *
     * @param tokens one per run
     */
    void begin(int[] tokens);

    /** How many layers ahead {@link #prefetch} wants guessed queries; 0 for not at all. */
    default int prefetchDistance() {
        return 0;
    }

    /**
     * Takes guessed queries of a later layer.
     *
     * @param firstRow where the group's rows start
     * @param guessed {@code [rows][queryHeads][headDim]}
     */
    default void prefetch(int layer, int firstRow, float[] guessed) {}

    /**
     * Attends in one layer, layers ascending.
     *
     * @param firstRow where the group's rows start
     * @param output {@code [rows][queryHeads][headDim]}, of which the group writes its rows
     */
    void attend(int layer, int firstRow, DecodeRows rows, float[] output);

    /** Ends the step: each run has its new token. */
    void end();

    /** The tokens that a query head of a run attended to in a limited layer in this step. */
    int[] attended(int run, int layer, int queryHead);

    /** The tokens that a KV head of a run holds on the device in a limited layer, in no particular order. */
    int[] held(int run, int layer, int kvHead);

    /** What a run of the group has used so far. */
    Usage usage(int run);

    /** Bytes that backups of the group's runs hold now, in host memory and on disk. */
    default long backupBytes() {
        return 0;
    }

    @Override
    void close();
}
