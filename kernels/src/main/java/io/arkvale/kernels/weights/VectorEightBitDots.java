package io.arkvale.kernels.weights;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;
import static io.arkvale.kernels.weights.EightBitRows.GROUP;

import io.arkvale.kernels.primitive.Registers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Four rows at a time, group by group; what is left after the last whole vector is added by plain code. */
final class VectorEightBitDots implements EightBitDots {
    /** The narrowest vector that holds {@link Registers#LANES} bytes exactly is one of 64 bits. */
    static final boolean SUPPORTED = LANES >= Long.BYTES;

    static final VectorEightBitDots INSTANCE = new VectorEightBitDots();

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(Long.SIZE, LANES * Byte.SIZE)));

    private VectorEightBitDots() {}

    @Override
    public void dot(
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
            float[] sums) {
        int whole = FLOATS.loopBound(depth);
        // Rows that are not there are read as the last one again.
        int row1 = Math.min(1, rows - 1);
        int row2 = Math.min(2, rows - 1);
        int row3 = Math.min(3, rows - 1);
        four(
                weights,
                offset,
                offset + row1 * stride,
                offset + row2 * stride,
                offset + row3 * stride,
                scales,
                scaleOffset,
                scaleOffset + row1 * scaleStride,
                scaleOffset + row2 * scaleStride,
                scaleOffset + row3 * scaleStride,
                whole,
                x,
                xOffset,
                sums);
        for (int row = 0; row < rows; row++) {
            if (whole < depth) {
                long scaleAt = scaleOffset + row * scaleStride + (long) (whole / GROUP) * Float.BYTES;
                float rest = ScalarEightBitDots.products(
                        weights, offset + row * stride + whole, depth - whole, x, xOffset + whole);
                sums[row * LANES] += rest * scales.get(ValueLayout.JAVA_FLOAT, scaleAt);
            }
            float sum = 0f;
            for (int lane = row * LANES; lane < (row + 1) * LANES; lane++) {
                sum += sums[lane];
            }
            // No lane that is still to be summed lies here.
            sums[row] = sum;
        }
    }

    /** Leaves the lanes of each row's sum, over the whole vectors of its groups, in {@code lanes}. */
    private static void four(
            MemorySegment weights,
            long row0,
            long row1,
            long row2,
            long row3,
            MemorySegment scales,
            long scale0,
            long scale1,
            long scale2,
            long scale3,
            int depth,
            float[] x,
            int xOffset,
            float[] lanes) {
        var sum0 = FloatVector.zero(FLOATS);
        var sum1 = FloatVector.zero(FLOATS);
        var sum2 = FloatVector.zero(FLOATS);
        var sum3 = FloatVector.zero(FLOATS);
        for (int from = 0; from < depth; from += GROUP) {
            int end = Math.min(from + GROUP, depth);
            var group0 = FloatVector.zero(FLOATS);
            var group1 = FloatVector.zero(FLOATS);
            var group2 = FloatVector.zero(FLOATS);
            var group3 = FloatVector.zero(FLOATS);
            for (int k = from; k < end; k += LANES) {
                var value = FloatVector.fromArray(FLOATS, x, xOffset + k);
                group0 = load(weights, row0 + k).fma(value, group0);
                group1 = load(weights, row1 + k).fma(value, group1);
                group2 = load(weights, row2 + k).fma(value, group2);
                group3 = load(weights, row3 + k).fma(value, group3);
            }
            long scaleAt = (long) (from / GROUP) * Float.BYTES;
            sum0 = group0.fma(scale(scales, scale0 + scaleAt), sum0);
            sum1 = group1.fma(scale(scales, scale1 + scaleAt), sum1);
            sum2 = group2.fma(scale(scales, scale2 + scaleAt), sum2);
            sum3 = group3.fma(scale(scales, scale3 + scaleAt), sum3);
        }
        sum0.intoArray(lanes, 0);
        sum1.intoArray(lanes, LANES);
        sum2.intoArray(lanes, 2 * LANES);
        sum3.intoArray(lanes, 3 * LANES);
    }

    private static FloatVector scale(MemorySegment scales, long at) {
        return FloatVector.broadcast(FLOATS, scales.get(ValueLayout.JAVA_FLOAT, at));
    }

    private static FloatVector load(MemorySegment weights, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(BYTES, weights, at, ByteOrder.nativeOrder())
                .convertShape(VectorOperators.B2F, FLOATS, 0);
    }
}
