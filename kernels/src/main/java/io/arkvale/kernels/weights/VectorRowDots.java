package io.arkvale.kernels.weights;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.codec.FormatCopies;
import io.arkvale.kernels.codec.VectorCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * Four rows at a time against one vector, whose registers they share: an accumulator per row is enough to wait for memory
 * and not for arithmetic. What is left after the last whole vector is added by plain code, after the lanes.
 *
 * <p>Never used as it stands: each format has a {@linkplain FormatCopies copy} of this class of its own, in which the codec
 * is a constant.
 */
final class VectorRowDots implements RowDots {
    private static final VectorCodec CODEC = FormatCopies.codec(MethodHandles.lookup());
    private static final StorageFormat FORMAT = CODEC.format();
    private static final int BYTES = FORMAT.bytes();

    @Override
    public void dot(
            MemorySegment memory, long offset, long stride, int rows, int depth, float[] x, int xOffset, float[] sums) {
        int whole = FLOATS.loopBound(depth);
        // Rows that are not there are read as the last one again.
        long row1 = offset + Math.min(1, rows - 1) * stride;
        long row2 = offset + Math.min(2, rows - 1) * stride;
        long row3 = offset + Math.min(3, rows - 1) * stride;
        four(memory, offset, row1, row2, row3, whole, x, xOffset, sums);
        for (int row = 0; row < rows; row++) {
            float sum = 0f;
            for (int lane = row * LANES; lane < (row + 1) * LANES; lane++) {
                sum += sums[lane];
            }
            long at = offset + row * stride;
            for (int k = whole; k < depth; k++) {
                sum += FORMAT.get(memory, at + (long) k * BYTES) * x[xOffset + k];
            }
            // No lane that is still to be summed lies here.
            sums[row] = sum;
        }
    }

    /** Leaves the lanes of each row's sum in {@code lanes}. */
    private static void four(
            MemorySegment memory,
            long row0,
            long row1,
            long row2,
            long row3,
            int depth,
            float[] x,
            int xOffset,
            float[] lanes) {
        var sum0 = FloatVector.zero(FLOATS);
        var sum1 = FloatVector.zero(FLOATS);
        var sum2 = FloatVector.zero(FLOATS);
        var sum3 = FloatVector.zero(FLOATS);
        for (int k = 0; k < depth; k += LANES) {
            long at = (long) k * BYTES;
            var value = FloatVector.fromArray(FLOATS, x, xOffset + k);
            sum0 = CODEC.load(memory, row0 + at).fma(value, sum0);
            sum1 = CODEC.load(memory, row1 + at).fma(value, sum1);
            sum2 = CODEC.load(memory, row2 + at).fma(value, sum2);
            sum3 = CODEC.load(memory, row3 + at).fma(value, sum3);
        }
        sum0.intoArray(lanes, 0);
        sum1.intoArray(lanes, LANES);
        sum2.intoArray(lanes, 2 * LANES);
        sum3.intoArray(lanes, 3 * LANES);
    }
}
