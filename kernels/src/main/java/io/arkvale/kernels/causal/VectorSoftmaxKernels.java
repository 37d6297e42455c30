package io.arkvale.kernels.causal;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.arkvale.kernels.primitive.VectorExp2;
import io.arkvale.kernels.row.RowKernels;
import jdk.incubator.vector.FloatVector;

/** Vector API implementation; as many partial sums per row as lanes. */
final class VectorSoftmaxKernels implements SoftmaxKernels {

    static final VectorSoftmaxKernels INSTANCE = new VectorSoftmaxKernels();

    private static final RowKernels ROWS = RowKernels.vector();

    private static final int SIGN_BIT = Integer.SIZE - 1;

    private VectorSoftmaxKernels() {}

    @Override
    public void exponentiate(
            float[] scores,
            int offset,
            int count,
            float slack,
            int row,
            float[] largest,
            float[] sums,
            float[] weighted,
            int width) {
        float max = max(scores, offset, count);
        if (max > largest[row] + slack) {
            raise(max, row, largest, sums, weighted, width);
        }
        exponentiate(scores, offset, count, largest[row], sums, row * LANES);
    }

    private static float max(float[] scores, int offset, int count) {
        // Blends, as max() of floats minds NaN and -0; in one method, as a loop's vector is boxed when it is returned.
        var largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int i = offset; i < offset + count; i += LANES) {
            var next = FloatVector.fromArray(FLOATS, scores, i);
            largest = largest.blend(next, next.compare(GT, largest));
        }
        // For the same reason lanes are compared as integers: with negative numbers' magnitude flipped, they order
        // alike.
        var bits = largest.reinterpretAsInts();
        int max = bits.lanewise(ASHR, SIGN_BIT)
                .and(Integer.MAX_VALUE)
                .lanewise(XOR, bits)
                .reduceLanes(MAX);
        return Float.intBitsToFloat((max >> SIGN_BIT & Integer.MAX_VALUE) ^ max);
    }

    private static void exponentiate(float[] scores, int offset, int count, float largest, float[] sums, int sumAt) {
        var sum = FloatVector.fromArray(FLOATS, sums, sumAt);
        for (int i = offset; i < offset + count; i += LANES) {
            var power = VectorExp2.exp2(FloatVector.fromArray(FLOATS, scores, i).sub(largest));
            power.intoArray(scores, i);
            sum = sum.add(power);
        }
        sum.intoArray(sums, sumAt);
    }

    @Override
    public void raise(float newLargest, int row, float[] largest, float[] sums, float[] weighted, int width) {
        if (newLargest == largest[row]) {
            return;
        }
        float factor = (float) Math.pow(2.0, largest[row] - newLargest);
        largest[row] = newLargest;
        scale(sums, row * LANES, LANES, factor);
        scale(weighted, row * width, width, factor);
    }

    private static void scale(float[] values, int offset, int count, float factor) {
        for (int i = offset; i < offset + count; i += LANES) {
            FloatVector.fromArray(FLOATS, values, i).mul(factor).intoArray(values, i);
        }
    }

    @Override
    public void add(float[] target, int targetOffset, float[] values, int offset, int count) {
        ROWS.add(target, targetOffset, values, offset, count);
    }
}
