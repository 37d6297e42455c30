package io.arkvale.kernels.matrix;

/**
 * Dense float32 block products, the primitive under every linear layer and under prefill attention.
 *
 * <p>Each element of a product is one chain of additions in ascending order of the inner dimension, whatever block of
 * rows it is computed in. A row's result therefore never depends on the rows beside it, nor on how the work is cut.
 */
public interface MatrixKernels {

    /** Rows that the widest register tile computes at once: products of a multiple of them are the fastest. */
    int TILE_ROWS = 6;

    /** Plain loops. */
    static MatrixKernels scalar() {
        return ScalarMatrixKernels.INSTANCE;
    }

    /** The Vector API at the machine's preferred width. */
    static MatrixKernels vector() {
        return VectorMatrixKernels.INSTANCE;
    }

    /** Columns of a product are computed in multiples of this many. */
    int lanes();

    /** The width of a packed panel, in columns: the widest block of columns that one tile computes. */
    int panel();

    /**
     * Computes {@code C = A · B}, all row-major; A is {@code rows × depth}, B
     * {@code depth × columns}, C {@code rows × columns}.
     *
     * @param columns a multiple of {@link #lanes()}
     */
    void multiply(
            int rows,
            int depth,
            int columns,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride);

    /** The smallest multiple of {@link #lanes()} that is at least {@code columns}. */
    default int padded(int columns) {
        return (columns + lanes() - 1) / lanes() * lanes();
    }
}
