package io.arkvale.experiments.engine.attention;

import io.arkvale.kernels.DenseKernels;
import java.util.Arrays;

/** Softmax of rows of scores. Not for several threads at once. */
public final class Softmax {
    private static final float LOG2_E = (float) (1 / Math.log(2));

    private final DenseKernels kernels;
    private final float[] largest = new float[1];
    private final float[] sums;

    public Softmax(DenseKernels kernels) {
        this.kernels = kernels;
        sums = new float[kernels.matrix().lanes()];
    }

    /**
     * Turns scores into probabilities. Up to a whole vector of what stands behind them is set to 0.
     *
     * @param count at least 1
     */
    public void apply(float[] scores, int from, int count) {
        var padded = kernels.matrix().padded(count);
        for (int i = from; i < from + count; i++) {
            scores[i] *= LOG2_E;
        }
        Arrays.fill(scores, from + count, from + padded, Float.NEGATIVE_INFINITY);
        largest[0] = Float.NEGATIVE_INFINITY;
        Arrays.fill(sums, 0);
        kernels.softmax().exponentiate(scores, from, padded, 0, 0, largest, sums, new float[0], 0);
        var sum = 0f;
        for (float part : sums) {
            sum += part;
        }
        var factor = 1 / sum;
        for (int i = from; i < from + count; i++) {
            scores[i] *= factor;
        }
    }
}
