package io.arkvale.kernels.sums;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.codec.FormatCopies;
import io.arkvale.kernels.codec.VectorCodec;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * Four heads, or two by two rows, times two vectors of columns, kept in eight registers from a panel's first row to its
 * last. Both loops are methods too large for the compiler to put into their callers, and load first what they compute
 * with: compiled alone, whatever calls them, all their vectors stay in registers.
 *
 * <p>Never used as it stands: each format has a {@linkplain FormatCopies copy} of this class of its own, in which the codec
 * is a constant. One class for all formats would leave the compiler a call in the innermost loop.
 */
final class VectorWeightedSums implements WeightedSums {
    private static final VectorCodec CODEC = FormatCopies.codec(MethodHandles.lookup());
    private static final int BYTES = CODEC.format().bytes();

    @Override
    public void add(
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
            int sumStride) {
        for (int column = 0; column < width; column += 2 * LANES) {
            long at = offset + (long) column * BYTES;
            int head = 0;
            for (; head + 4 <= heads; head += 4) {
                int from = weight + head * weightStride;
                int to = sum + head * sumStride + column;
                fourHeads(weights, from, weightStride, panel, at, width, count, sums, to, sumStride);
            }
            for (; head < heads; head += 2) {
                // A last head alone is taken twice, and its sums written twice.
                boolean pair = head + 1 < heads;
                int from = weight + head * weightStride;
                int to = sum + head * sumStride + column;
                twoHeads(
                        weights,
                        from,
                        pair ? weightStride : 0,
                        panel,
                        at,
                        width,
                        count,
                        sums,
                        to,
                        pair ? sumStride : 0);
            }
        }
    }

    private static FloatVector left(MemorySegment panel, long at) {
        return CODEC.load(panel, at);
    }

    private static FloatVector right(MemorySegment panel, long at) {
        return CODEC.load(panel, at + (long) LANES * BYTES);
    }

    private static void fourHeads(
            float[] weights,
            int weight0,
            int weightStride,
            MemorySegment panel,
            long offset,
            int width,
            int count,
            float[] sums,
            int sum0,
            int sumStride) {
        int weight1 = weight0 + weightStride;
        int weight2 = weight1 + weightStride;
        int weight3 = weight2 + weightStride;
        int sum1 = sum0 + sumStride;
        int sum2 = sum1 + sumStride;
        int sum3 = sum2 + sumStride;
        var left0 = FloatVector.fromArray(FLOATS, sums, sum0);
        var left1 = FloatVector.fromArray(FLOATS, sums, sum1);
        var left2 = FloatVector.fromArray(FLOATS, sums, sum2);
        var left3 = FloatVector.fromArray(FLOATS, sums, sum3);
        var right0 = FloatVector.fromArray(FLOATS, sums, sum0 + LANES);
        var right1 = FloatVector.fromArray(FLOATS, sums, sum1 + LANES);
        var right2 = FloatVector.fromArray(FLOATS, sums, sum2 + LANES);
        var right3 = FloatVector.fromArray(FLOATS, sums, sum3 + LANES);
        for (int row = 0; row < count; row++) {
            long at = offset + (long) row * width * BYTES;
            var left = left(panel, at);
            var right = right(panel, at);
            var factor0 = FloatVector.broadcast(FLOATS, weights[weight0 + row]);
            left0 = left.fma(factor0, left0);
            right0 = right.fma(factor0, right0);
            var factor1 = FloatVector.broadcast(FLOATS, weights[weight1 + row]);
            left1 = left.fma(factor1, left1);
            right1 = right.fma(factor1, right1);
            var factor2 = FloatVector.broadcast(FLOATS, weights[weight2 + row]);
            left2 = left.fma(factor2, left2);
            right2 = right.fma(factor2, right2);
            var factor3 = FloatVector.broadcast(FLOATS, weights[weight3 + row]);
            left3 = left.fma(factor3, left3);
            right3 = right.fma(factor3, right3);
        }
        left0.intoArray(sums, sum0);
        left1.intoArray(sums, sum1);
        left2.intoArray(sums, sum2);
        left3.intoArray(sums, sum3);
        right0.intoArray(sums, sum0 + LANES);
        right1.intoArray(sums, sum1 + LANES);
        right2.intoArray(sums, sum2 + LANES);
        right3.intoArray(sums, sum3 + LANES);
    }

    /** Two rows at a time, with sums of their own: one after the other would wait for each other. */
    private static void twoHeads(
            float[] weights,
            int weight0,
            int weightStride,
            MemorySegment panel,
            long offset,
            int width,
            int count,
            float[] sums,
            int sum0,
            int sumStride) {
        int weight1 = weight0 + weightStride;
        int sum1 = sum0 + sumStride;
        var left0 = FloatVector.fromArray(FLOATS, sums, sum0);
        var left1 = FloatVector.fromArray(FLOATS, sums, sum1);
        var right0 = FloatVector.fromArray(FLOATS, sums, sum0 + LANES);
        var right1 = FloatVector.fromArray(FLOATS, sums, sum1 + LANES);
        var oddLeft0 = FloatVector.zero(FLOATS);
        var oddLeft1 = FloatVector.zero(FLOATS);
        var oddRight0 = FloatVector.zero(FLOATS);
        var oddRight1 = FloatVector.zero(FLOATS);
        for (int row = 0; row < count; row += 2) {
            // A last row alone is taken twice, the second time with no weight.
            boolean pair = row + 1 < count;
            long at = offset + (long) row * width * BYTES;
            long next = pair ? at + (long) width * BYTES : at;
            var left = left(panel, at);
            var right = right(panel, at);
            var oddLeft = left(panel, next);
            var oddRight = right(panel, next);
            var factor0 = FloatVector.broadcast(FLOATS, weights[weight0 + row]);
            left0 = left.fma(factor0, left0);
            right0 = right.fma(factor0, right0);
            var factor1 = FloatVector.broadcast(FLOATS, weights[weight1 + row]);
            left1 = left.fma(factor1, left1);
            right1 = right.fma(factor1, right1);
            var oddFactor0 = FloatVector.broadcast(FLOATS, pair ? weights[weight0 + row + 1] : 0);
            oddLeft0 = oddLeft.fma(oddFactor0, oddLeft0);
            oddRight0 = oddRight.fma(oddFactor0, oddRight0);
            var oddFactor1 = FloatVector.broadcast(FLOATS, pair ? weights[weight1 + row + 1] : 0);
            oddLeft1 = oddLeft.fma(oddFactor1, oddLeft1);
            oddRight1 = oddRight.fma(oddFactor1, oddRight1);
        }
        left0.add(oddLeft0).intoArray(sums, sum0);
        left1.add(oddLeft1).intoArray(sums, sum1);
        right0.add(oddRight0).intoArray(sums, sum0 + LANES);
        right1.add(oddRight1).intoArray(sums, sum1 + LANES);
    }
}
