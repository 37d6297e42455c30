package io.arkvale.kernels.sums;

import io.arkvale.kernels.codec.FormatCopies;
import io.arkvale.kernels.page.Panels;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * Sums of a panel's rows, {@code sums[head] += sum_row weights[head][row] * rows[row]}: both halves of attention are of
 * this form (see {@link Panels}). An implementation belongs to one format.
 */
public interface WeightedSums {
    /** The vector code, a copy for each format, shared by all: it has no state. */
    FormatCopies<WeightedSums> VECTOR =
            new FormatCopies<>(MethodHandles.lookup(), VectorWeightedSums.class, WeightedSums.class);

    /**
     * Adds {@code count} rows of a panel.
     *
     * @param weights {@code [heads]} rows of at least {@code count}, {@code weightStride} apart, from index {@code weight}
     * @param panel stored {@code [count][width]} from byte {@code offset}, followed by
     *     {@link Panels#READ_BEYOND} bytes of anything
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
