package io.arkvale.kernels.weights;

import io.arkvale.kernels.codec.FormatCopies;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Dot products of stored rows with one vector: the products of a decode step. An implementation belongs to one format. */
interface RowDots {
    /** The vector code, a copy for each format, shared by all: it has no state. */
    FormatCopies<RowDots> VECTOR = new FormatCopies<>(MethodHandles.lookup(), VectorRowDots.class, RowDots.class);

    /**
     * Computes {@code sums[i] = row i · x} for {@code rows} rows, from 1 to {@link StoredRows#TOGETHER}.
     *
     * @param offset of the first row, in bytes
     * @param stride from one row to the next, in bytes
     * @param depth length of the rows and of x
     * @param sums at least {@link StoredRows#scratch()} numbers
     */
    void dot(MemorySegment memory, long offset, long stride, int rows, int depth, float[] x, int xOffset, float[] sums);
}
