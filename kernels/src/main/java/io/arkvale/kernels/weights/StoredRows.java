package io.arkvale.kernels.weights;

import io.arkvale.kernels.primitive.Registers;

/** The rows of a matrix as they lie in memory, one after another, and what can be computed from them in place. */
interface StoredRows {
    /** Rows that {@link #dot} takes at once. */
    int TOGETHER = 4;

    /** Widens {@code count} weights of a row, from index {@code from} on. */
    void widen(int row, int from, int count, float[] target, int at);

    /**
     * Dot products of {@code rows} consecutive rows, at most {@value #TOGETHER}, with one vector x, into {@code c} from
     * {@code cOffset} on. A product's bits do not depend on how many rows are taken at once.
     *
     * @param row a multiple of {@value #TOGETHER}
     * @param scratch at least {@link #scratch()} numbers
     */
    void dot(int row, int rows, float[] x, int xOffset, float[] c, int cOffset, float[] scratch);

    /** Numbers of scratch memory that {@link #dot} needs. */
    static int scratch() {
        return TOGETHER * Registers.LANES;
    }
}
