package io.arkvale.kernels;

import static io.arkvale.kernels.EightBitRows.GROUP;
import static io.arkvale.kernels.EightBitRows.PAIR;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Plain loops over runs of four bytes. */
final class ScalarEightBitDots implements EightBitDots {
    static final ScalarEightBitDots INSTANCE = new ScalarEightBitDots();

    private static final int RUN = Integer.BYTES;

    private ScalarEightBitDots() {}

    @Override
    public int lanes() {
        return 1;
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
        for (int row = 0; row < PAIR; row++) {
            float sum = 0f;
            for (int from = 0, group = 0; from < depth; from += GROUP, group++) {
                float products = 0f;
                int end = Math.min(depth, from + GROUP);
                for (int k = from; k < end; k += RUN) {
                    int width = Math.min(RUN, depth - k);
                    long at = offset + (long) k * PAIR + (long) row * width;
                    products += products(weights, at, width, x, xOffset + k);
                }
                long scaleAt = scaleOffset + ((long) group * PAIR + row) * Float.BYTES;
                sum += products * scales.get(ValueLayout.JAVA_FLOAT, scaleAt);
            }
            scratch[row] = sum;
        }
    }

    /** Of {@code count} weights that lie in the order of the row. */
    static float products(MemorySegment weights, long at, int count, float[] x, int xOffset) {
        float sum = 0f;
        for (int i = 0; i < count; i++) {
            sum += weights.get(ValueLayout.JAVA_BYTE, at + i) * x[xOffset + i];
        }
        return sum;
    }
}
