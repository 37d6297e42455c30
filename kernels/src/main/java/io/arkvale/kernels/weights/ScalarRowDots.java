package io.arkvale.kernels.weights;

import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/** Plain loops. */
record ScalarRowDots(StorageFormat format) implements RowDots {

    @Override
    public void dot(
            MemorySegment memory, long offset, long stride, int rows, int depth, float[] x, int xOffset, float[] sums) {
        for (int row = 0; row < rows; row++) {
            long at = offset + row * stride;
            float sum = 0f;
            for (int k = 0; k < depth; k++) {
                sum += format.get(memory, at + (long) k * format.bytes()) * x[xOffset + k];
            }
            sums[row] = sum;
        }
    }
}
