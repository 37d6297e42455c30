package io.arkvale.kernels.causal;

/**
 * The online softmax of {@link CausalAttention}, in base 2: scores carry the factor log₂e. A row has a running maximum
 * {@code largest[row]}, {@code lanes} partial sums of powers at {@code sums[row · lanes]}, and a sum of values weighted
 * by them at {@code weighted[row · width]}; {@code lanes} is that of the matrix kernels of the same kind, {@code width}
 * a multiple of it.
 */
public interface SoftmaxKernels {

    /** Plain loops. */
    static SoftmaxKernels scalar() {
        return ScalarSoftmaxKernels.INSTANCE;
    }

    /** The Vector API at the machine's preferred width. */
    static SoftmaxKernels vector() {
        return VectorSoftmaxKernels.INSTANCE;
    }

    /**
     * Replaces {@code count} scores, a multiple of the lanes, by {@code 2^(score − largest[row])}, zero below the normal
     * numbers, and adds them to the row's sums. Where a score exceeds the running maximum by more than {@code slack},
     * it becomes the new maximum first.
     */
    void exponentiate(
            float[] scores,
            int offset,
            int count,
            float slack,
            int row,
            float[] largest,
            float[] sums,
            float[] weighted,
            int width);

    /** Raises a row's maximum to {@code newLargest}, scaling its sums. */
    void raise(float newLargest, int row, float[] largest, float[] sums, float[] weighted, int width);

    /** Adds {@code count} values to as many others. */
    void add(float[] target, int targetOffset, float[] values, int offset, int count);
}
