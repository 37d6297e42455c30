package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;

/** Dot products of a pair of {@link EightBitRows} with one vector. */
interface EightBitDots {
    /**
     * Weights that one vector holds. A run is four times as many: byte {@code 4 · lane + i} of it is weight {@code i · lanes
     * + lane}, so that one vector of integers is shifted into four vectors of neighbours.
     *
     * @return a power of two; a group is a whole number of runs
     */
    int lanes();

    /**
     * Computes {@code scratch[i] = row i · x} for both rows: in each group the products of byte and number are summed, then
     * multiplied by the group's scale.
     *
     * @param weights of the pair from byte {@code offset} on
     * @param scales of the pair's groups from byte {@code scaleOffset} on
     * @param depth length of the rows and of x
     * @param scratch at least {@link StoredRows#scratch()} numbers
     */
    void dot(
            MemorySegment weights,
            long offset,
            MemorySegment scales,
            long scaleOffset,
            int depth,
            float[] x,
            int xOffset,
            float[] scratch);
}
