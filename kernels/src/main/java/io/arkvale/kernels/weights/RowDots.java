package io.arkvale.kernels.weights;

import io.arkvale.kernels.codec.FormatCopies;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Dot products of stored rows with one vector: the products of a decode step. An implementation belongs to one format. */
interface RowDots {
    /** The vector code, a copy for each format, shared by all: it has no state. */
    FormatCopies<RowDots> VECTOR = new FormatCopies<>(MethodHandles.lookup(), VectorRowDots.class, RowDots.class);

    /**
     * Computes {@code c[i] = row i · x} for up to {@link StoredRows#TOGETHER} rows.
     *
     * @param offset of the first row, in bytes
     * @param rowBytes from one row to the next
     * @param depth length of the rows and of x
     * @param scratch at least {@link StoredRows#scratch()} numbers
     */
    void dot(
            MemorySegment memory,
            long offset,
            long rowBytes,
            int rows,
            int depth,
            float[] x,
            int xOffset,
            float[] c,
            int cOffset,
            float[] scratch);
}
