package io.arkvale.kernels;

import static io.arkvale.kernels.EightBitRows.GROUP;
import static io.arkvale.kernels.EightBitRows.PAIR;
import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.INTS;
import static io.arkvale.kernels.VectorKernels.LANES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Both rows of a pair, group by group. One load of integers, and one check of its bounds, gives four vectors of weights,
 * which are shifted apart. What is left after the last whole run is added by plain code.
 */
final class VectorEightBitDots implements EightBitDots {
    static final VectorEightBitDots INSTANCE = new VectorEightBitDots();

    private static final int RUN = Integer.BYTES * LANES;

    private VectorEightBitDots() {}

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public void dot(
            MemorySegment weights,
            long offset,
            MemorySegment scales,
            long scaleOffset,
            int depth,
            float[] x,
            int xOffset,
            float[] scratch) {
        Arrays.fill(scratch, 0, PAIR * LANES, 0);
        for (int from = 0, group = 0; from < depth; from += GROUP, group++) {
            int width = Math.min(GROUP, depth - from);
            int rest = width % RUN;
            long at = offset + (long) from * PAIR;
            long scaleAt = scaleOffset + (long) group * PAIR * Float.BYTES;
            pair(weights, at, width - rest, x, xOffset + from, scales, scaleAt, scratch);
            for (int row = 0; rest > 0 && row < PAIR; row++) {
                long restAt = at + (long) (width - rest) * PAIR + (long) row * rest;
                float products =
                        ScalarEightBitDots.products(weights, restAt, rest, x, xOffset + from + width - rest);
                scratch[row * LANES] +=
                        products * scales.get(ValueLayout.JAVA_FLOAT, scaleAt + (long) row * Float.BYTES);
            }
        }
        for (int row = 0; row < PAIR; row++) {
            float sum = 0f;
            for (int lane = row * LANES; lane < (row + 1) * LANES; lane++) {
                sum += scratch[lane];
            }
            scratch[row] = sum;
        }
    }

    /** Adds to {@code sums}, {@code [PAIR][LANES]}, the products of one group's whole runs times each row's scale of it. */
    private static void pair(
            MemorySegment weights,
            long offset,
            int count,
            float[] x,
            int xOffset,
            MemorySegment scales,
            long scaleAt,
            float[] sums) {
        var even0 = FloatVector.zero(FLOATS);
        var even1 = FloatVector.zero(FLOATS);
        var odd0 = FloatVector.zero(FLOATS);
        var odd1 = FloatVector.zero(FLOATS);
        for (int k = 0; k < count; k += RUN) {
            long at = offset + (long) k * PAIR;
            var four0 = IntVector.fromMemorySegment(INTS, weights, at, ByteOrder.LITTLE_ENDIAN);
            var four1 = IntVector.fromMemorySegment(INTS, weights, at + RUN, ByteOrder.LITTLE_ENDIAN);
            var x0 = FloatVector.fromArray(FLOATS, x, xOffset + k);
            even0 = weight(four0, 24).fma(x0, even0);
            even1 = weight(four1, 24).fma(x0, even1);
            var x1 = FloatVector.fromArray(FLOATS, x, xOffset + k + LANES);
            odd0 = weight(four0, 16).fma(x1, odd0);
            odd1 = weight(four1, 16).fma(x1, odd1);
            var x2 = FloatVector.fromArray(FLOATS, x, xOffset + k + 2 * LANES);
            even0 = weight(four0, 8).fma(x2, even0);
            even1 = weight(four1, 8).fma(x2, even1);
            var x3 = FloatVector.fromArray(FLOATS, x, xOffset + k + 3 * LANES);
            odd0 = top(four0).fma(x3, odd0);
            odd1 = top(four1).fma(x3, odd1);
        }
        add(even0.add(odd0), scales, scaleAt, sums, 0);
        add(even1.add(odd1), scales, scaleAt + Float.BYTES, sums, LANES);
    }

    private static void add(FloatVector group, MemorySegment scales, long scaleAt, float[] sums, int at) {
        var scale = FloatVector.broadcast(FLOATS, scales.get(ValueLayout.JAVA_FLOAT, scaleAt));
        group.fma(scale, FloatVector.fromArray(FLOATS, sums, at)).intoArray(sums, at);
    }

    /** The byte of each integer that {@code up} bits bring to the top, as a number. */
    private static FloatVector weight(IntVector four, int up) {
        return top(four.lanewise(VectorOperators.LSHL, up));
    }

    private static FloatVector top(IntVector four) {
        return (FloatVector) four.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
    }
}
