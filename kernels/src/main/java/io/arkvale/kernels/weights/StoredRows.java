package io.arkvale.kernels.weights;

import io.arkvale.kernels.primitive.Registers;

/** The rows of a matrix as they lie in memory, one after another, and what can be computed from them in place. */
interface StoredRows {
    /** Rows that {@link #dot} takes at once. */
    int TOGETHER = 4;

    /** Widens {@code count} weights of a row, from index {@code from} on. */
    void widen(int row, int from, int count, float[] target, int at);

    /**
     * Dot products of {@code count} rows, from 1 to {@value #TOGETHER}, with one vector x: {@code sums[i]} becomes that of
     * row {@code row + i · stride}. A product's bits do not depend on how many rows are taken at once, nor on which.
     *
     * @param sums at least {@link #scratch()} numbers, of which those beyond the results hold anything afterwards
     */
    void dot(int row, int stride, int count, float[] x, int xOffset, float[] sums);

    /** Numbers of memory that {@link #dot} needs for its results. */
    static int scratch() {
        return TOGETHER * Registers.LANES;
    }
}
