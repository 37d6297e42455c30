package io.arkvale.llama;

import io.arkvale.kernels.RowKernels;

/** {@code n = w · x / √(mean(x²) + ε)}, on rows as wide as its weights. */
final class RmsNorm {

    private final RowKernels kernels;
    private final float[] weight;
    private final float epsilon;

    RmsNorm(RowKernels kernels, float[] weight, float epsilon) {
        this.kernels = kernels;
        this.weight = weight;
        this.epsilon = epsilon;
    }

    /** Norms {@code rows} rows of {@code x} from row {@code first} on, into {@code out} from its first row on. */
    void apply(float[] x, int first, int rows, float[] out) {
        int width = weight.length;
        for (int row = 0; row < rows; row++) {
            kernels.rmsNorm(x, (first + row) * width, weight, epsilon, out, row * width, width);
        }
    }
}
