package io.arkvale.kernels.weights;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;
import static io.arkvale.kernels.weights.EightBitRows.GROUP;
import static io.arkvale.kernels.weights.StoredRows.TOGETHER;

import io.arkvale.kernels.primitive.Registers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Four rows at a time, group by group; what is left of a group after its last whole vector is added by plain code. */
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
            int depth,
            float[] x,
            int xOffset,
            float[] scratch) {
        Arrays.fill(scratch, 0, TOGETHER * LANES, 0);
        long scaleAt = scaleOffset;
        for (int from = 0; from < depth; from += GROUP, scaleAt += Float.BYTES) {
            int count = Math.min(GROUP, depth - from);
            int whole = FLOATS.loopBound(count);
            four(weights, offset + from, stride, whole, x, xOffset + from, scales, scaleAt, scaleStride, scratch);
            for (int row = 0; whole < count && row < TOGETHER; row++) {
                float rest = ScalarEightBitDots.products(
                        weights, offset + row * stride + from + whole, count - whole, x, xOffset + from + whole);
                scratch[row * LANES] += rest * scales.get(ValueLayout.JAVA_FLOAT, scaleAt + row * scaleStride);
            }
        }
        for (int row = 0; row < TOGETHER; row++) {
            float sum = 0f;
            for (int lane = row * LANES; lane < (row + 1) * LANES; lane++) {
                sum += scratch[lane];
            }
            scratch[row] = sum;
        }
    }

    /** Adds to {@code sums}, {@code [4][LANES]}, the products of one group's whole vectors times each row's scale of it. */
    private static void four(
            MemorySegment weights,
            long row0,
            long stride,
            int count,
            float[] x,
            int xOffset,
            MemorySegment scales,
            long scaleAt,
            long scaleStride,
            float[] sums) {
        long row1 = row0 + stride;
        long row2 = row1 + stride;
        long row3 = row2 + stride;
        var group0 = FloatVector.zero(FLOATS);
        var group1 = FloatVector.zero(FLOATS);
        var group2 = FloatVector.zero(FLOATS);
        var group3 = FloatVector.zero(FLOATS);
        for (int k = 0; k < count; k += LANES) {
            var value = FloatVector.fromArray(FLOATS, x, xOffset + k);
            group0 = load(weights, row0 + k).fma(value, group0);
            group1 = load(weights, row1 + k).fma(value, group1);
            group2 = load(weights, row2 + k).fma(value, group2);
            group3 = load(weights, row3 + k).fma(value, group3);
        }
        add(group0, scales, scaleAt, sums, 0);
        add(group1, scales, scaleAt + scaleStride, sums, LANES);
        add(group2, scales, scaleAt + 2 * scaleStride, sums, 2 * LANES);
        add(group3, scales, scaleAt + 3 * scaleStride, sums, 3 * LANES);
    }

    private static void add(FloatVector group, MemorySegment scales, long scaleAt, float[] sums, int at) {
        var scale = FloatVector.broadcast(FLOATS, scales.get(ValueLayout.JAVA_FLOAT, scaleAt));
        group.fma(scale, FloatVector.fromArray(FLOATS, sums, at)).intoArray(sums, at);
    }

    private static FloatVector load(MemorySegment weights, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(BYTES, weights, at, ByteOrder.nativeOrder())
                .convertShape(VectorOperators.B2F, FLOATS, 0);
    }
}
