package io.arkvale.kernels.causal;

import io.arkvale.kernels.row.RowKernels;

/** Plain loops; one lane. */
final class ScalarSoftmaxKernels implements SoftmaxKernels {

    static final ScalarSoftmaxKernels INSTANCE = new ScalarSoftmaxKernels();

    private static final RowKernels ROWS = RowKernels.scalar();

    private ScalarSoftmaxKernels() {}

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
        float max = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + count; i++) {
            max = Math.max(max, scores[i]);
        }
        if (max > largest[row] + slack) {
            raise(max, row, largest, sums, weighted, width);
        }
        for (int i = offset; i < offset + count; i++) {
            float power = (float) Math.pow(2.0, scores[i] - largest[row]);
            scores[i] = power < Float.MIN_NORMAL ? 0f : power;
            sums[row] += scores[i];
        }
    }

    @Override
    public void raise(float newLargest, int row, float[] largest, float[] sums, float[] weighted, int width) {
        if (newLargest == largest[row]) {
            return;
        }
        float factor = (float) Math.pow(2.0, largest[row] - newLargest);
        largest[row] = newLargest;
        sums[row] *= factor;
        for (int i = row * width; i < (row + 1) * width; i++) {
            weighted[i] *= factor;
        }
    }

    @Override
    public void add(float[] target, int targetOffset, float[] values, int offset, int count) {
        ROWS.add(target, targetOffset, values, offset, count);
    }
}
