package io.arkvale.llama.weights;

import io.arkvale.kernels.weights.WeightMatrix;

/**
 * A matrix for the CPU.
 *
 * @param weights in the form that its kernels multiply with
 */
public record HostMatrix(WeightMatrix weights) implements Matrix {

    /** The CPU's form of a matrix that is for the CPU. */
    public static WeightMatrix of(Matrix matrix) {
        if (matrix instanceof HostMatrix host) {
            return host.weights;
        }
        throw new IllegalArgumentException("the matrix is of another device");
    }

    @Override
    public int outputs() {
        return weights.outputs();
    }

    @Override
    public int inputs() {
        return weights.inputs();
    }
}
