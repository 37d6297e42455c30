package io.arkvale.kernels.weights;

import static io.arkvale.kernels.weights.EightBitRows.GROUP;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Plain loops. */
final class ScalarEightBitDots implements EightBitDots {
    static final ScalarEightBitDots INSTANCE = new ScalarEightBitDots();

    private ScalarEightBitDots() {}

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
        for (int row = 0; row < rows; row++) {
            float sum = 0f;
            long scaleAt = scaleOffset + row * scaleStride;
            for (int from = 0; from < depth; from += GROUP, scaleAt += Float.BYTES) {
                int count = Math.min(GROUP, depth - from);
                sum += products(weights, offset + row * stride + from, count, x, xOffset + from)
                        * scales.get(ValueLayout.JAVA_FLOAT, scaleAt);
            }
            sums[row] = sum;
        }
    }

    static float products(MemorySegment weights, long at, int count, float[] x, int xOffset) {
        float sum = 0f;
        for (int i = 0; i < count; i++) {
            sum += weights.get(ValueLayout.JAVA_BYTE, at + i) * x[xOffset + i];
        }
        return sum;
    }
}
