package io.arkvale.llama.weights;

import io.arkvale.kernels.row.RowKernels;

/** {@code n = w · x / √(mean(x²) + ε)}, on rows as wide as its weights. */
public final class RmsNorm {

    private final RowKernels kernels;
    private final float[] weight;
    private final float epsilon;

    /** The norm with given weights, which are kept. */
    public RmsNorm(RowKernels kernels, float[] weight, float epsilon) {
        this.kernels = kernels;
        this.weight = weight;
        this.epsilon = epsilon;
    }

    /** Numbers of a row. */
    public int width() {
        return weight.length;
    }

    /** A copy of its weights. */
    public float[] weights() {
        return weight.clone();
    }

    /** What is added to the mean square. */
    public float epsilon() {
        return epsilon;
    }

    /** Norms one row of {@code x} into {@code out}, which must be another array or part of it. */
    public void apply(float[] x, int offset, float[] out, int outOffset) {
        kernels.rmsNorm(x, offset, weight, epsilon, out, outOffset, weight.length);
    }
}
