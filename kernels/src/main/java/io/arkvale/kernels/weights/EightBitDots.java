package io.arkvale.kernels.weights;

import java.lang.foreign.MemorySegment;

/** Dot products of four {@link EightBitRows} with one vector. */
interface EightBitDots {
    /**
     * Computes {@code scratch[i] = row i · x} for {@link StoredRows#TOGETHER} rows: in each group the products of byte and
     * number are summed, then multiplied by the group's scale.
     *
     * @param weights of the first row from byte {@code offset} on, of the others {@code stride} bytes further each
     * @param scales of the first row's groups from byte {@code scaleOffset} on, of the others likewise
     * @param depth length of the rows and of x
     * @param scratch at least {@link StoredRows#scratch()} numbers
     */
    void dot(
            MemorySegment weights,
            long offset,
            long stride,
            MemorySegment scales,
            long scaleOffset,
            long scaleStride,
            int depth,
            float[] x,
            int xOffset,
            float[] scratch);
}
