package io.arkvale.kernels.weights;

import java.lang.foreign.MemorySegment;

/** Dot products of {@link EightBitRows} with one vector. */
interface EightBitDots {
    /**
     * Computes {@code sums[i] = row i · x} for {@code rows} rows, from 1 to {@link StoredRows#TOGETHER}: in each group the
     * products of byte and number are summed, then multiplied by the group's scale.
     *
     * @param weights of the first row from byte {@code offset} on, of the others {@code stride} bytes further each
     * @param scales of the first row's groups from byte {@code scaleOffset} on, of the others likewise
     * @param depth length of the rows and of x
     * @param sums at least {@link StoredRows#scratch()} numbers
     */
    void dot(
            MemorySegment weights,
            long offset,
            long stride,
            MemorySegment scales,
            long scaleOffset,
            long scaleStride,
            int rows,
            int depth,
            float[] x,
            int xOffset,
            float[] sums);
}
