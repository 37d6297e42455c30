package io.arkvale.kernels.weights;

/**
 * The weights of a linear layer, {@code y = W · x} with W of {@code outputs × inputs}, in whatever form they are kept.
 *
 * <p>Outputs are divided into parts, by which threads share a product. There are two products: {@link #multiply} for the
 * many rows of a prefill, {@link #multiplyEach} for the few of a decode step. In both an element depends on its own row
 * and weights alone, never on the rows beside it nor on how the work is shared; between the two it may differ by
 * rounding.
 *
 * <p>Read-only once filled; any number of threads may multiply, each with scratch memory of its own.
 */
public sealed interface WeightMatrix permits PackedMatrix, StoredMatrix {

    int outputs();

    int inputs();

    /** The parts of {@link #multiply} that threads can share. */
    int parts();

    /** Those of {@link #multiplyEach}. */
    default int eachParts() {
        return parts();
    }

    /** Numbers of scratch memory that a product needs, of any content. */
    int scratch();

    /** The weights of one output, widened to float32, into {@code values} at {@code offset}. */
    void getRow(int output, float[] values, int offset);

    /**
     * Computes one part's columns of {@code C = X · Wᵀ}: X is {@code rows × inputs}, C {@code rows × outputs};
     * {@code cOffset} is where output 0 goes, as in the whole product. Made for many rows.
     */
    void multiply(
            int part,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride,
            float[] scratch);

    /**
     * The same, made for few rows: each weight is read from memory once and used where it lies. A form whose
     * {@link #multiply} does so already has the one product for both.
     */
    default void multiplyEach(
            int part,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride,
            float[] scratch) {
        multiply(part, rows, x, xOffset, xStride, c, cOffset, cStride, scratch);
    }
}
