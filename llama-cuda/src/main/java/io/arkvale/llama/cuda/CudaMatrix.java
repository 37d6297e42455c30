package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import io.arkvale.llama.weights.Matrix;

/** A matrix in device memory, row-major. */
record CudaMatrix(long address, ElementType type, int outputs, int inputs) implements Matrix {

    static CudaMatrix of(Matrix matrix) {
        if (matrix instanceof CudaMatrix here) {
            return here;
        }
        throw new IllegalArgumentException("the matrix is of another device");
    }

    /** Whether {@code next} begins where this one ends, so that both are one matrix. */
    boolean isAbove(CudaMatrix next) {
        return next.address == address + (long) outputs * inputs * type.bytes()
                && next.inputs == inputs
                && next.type == type;
    }
}
