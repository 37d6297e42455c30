package io.arkvale.kernels.row;

/** What a Llama block does to single rows between its products. Rows are runs of a float array, of any length. */
public interface RowKernels {

    /** Plain loops. */
    static RowKernels scalar() {
        return ScalarRowKernels.INSTANCE;
    }

    /** The Vector API at the machine's preferred width. */
    static RowKernels vector() {
        return VectorRowKernels.INSTANCE;
    }

    /** RMSNorm: {@code out = weight · x / √(mean(x²) + epsilon)}; {@code weight} has {@code count} values and {@code out} does not overlap x. */
    void rmsNorm(float[] x, int xOffset, float[] weight, float epsilon, float[] out, int outOffset, int count);

    /**
     * RoPE in the rotate-half convention, in place: the pair {@code (x[i], x[i + half])} is turned by an angle whose
     * cosine and sine stand at index {@code i} of the tables' rows.
     *
     * @param half half the head dimension
     */
    void rotateHalf(float[] x, int xOffset, float[] cosines, float[] sines, int tableOffset, int half);

    /** SwiGLU's gate: {@code out = silu(gate) · up}. */
    void siluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count);

    /**
     * Gemma's gate: {@code out = gelu(gate) · up} with the tanh approximation, {@code gelu(x) = x · sigmoid(2u)} with
     * {@code u = √(2/π) · (x + 0.044715 x³)}.
     */
    void geluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count);

    /** Multiplies numbers by one factor, in place. */
    void scale(float[] x, int offset, float factor, int count);

    /** A residual: {@code target += values}. */
    void add(float[] target, int targetOffset, float[] values, int offset, int count);
}
