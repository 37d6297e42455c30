package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Sums of a panel's rows, {@code sums[head] += sum_row weights[head][row] * rows[row]}: both halves of attention are of
 * this form (see {@link Panels}). An implementation belongs to one format.
 */
interface WeightedSums {
    /** The one for a format, shared by all: it has no state. */
    static WeightedSums of(StorageFormat format) {
        return switch (format) {
            case F32 -> Copies.F32;
            case F16 -> Copies.F16;
            case BF16 -> Copies.BF16;
        };
    }

    /** A copy of the vector code for each format, made when the first is asked for. */
    final class Copies {
        private static final WeightedSums F32 = copy(VectorF32Codec.INSTANCE);
        private static final WeightedSums F16 = copy(VectorF16Codec.INSTANCE);
        private static final WeightedSums BF16 = copy(VectorBf16Codec.INSTANCE);

        private static WeightedSums copy(VectorCodec codec) {
            return ClassCopy.of(VectorWeightedSums.class, WeightedSums.class, codec);
        }

        private Copies() {}
    }

    /**
     * Adds {@code count} rows of a panel.
     *
     * @param weights {@code [heads]} rows of at least {@code count}, {@code weightStride} apart, from index {@code weight}
     * @param panel stored {@code [count][width]} from byte {@code offset}, followed by
     *     {@link AttentionKernel#READ_BEYOND} bytes of anything
     * @param sums {@code [heads]} rows of {@code width} rounded up to {@link Panels#WIDTH}, {@code sumStride} apart, from
     *     index {@code sum}; those beyond {@code width} become meaningless
     */
    void add(
            float[] weights,
            int weight,
            int weightStride,
            int heads,
            MemorySegment panel,
            long offset,
            int width,
            int count,
            float[] sums,
            int sum,
            int sumStride);
}
