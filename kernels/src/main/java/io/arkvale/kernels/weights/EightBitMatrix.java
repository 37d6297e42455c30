package io.arkvale.kernels.weights;

import io.arkvale.kernels.matrix.MatrixKernels;
import java.lang.foreign.Arena;

/** Makes a matrix of eight-bit weights: rows are set, from any number of threads, and then it is multiplied with. */
public final class EightBitMatrix {
    private final EightBitRows rows;
    private final StoredMatrix matrix;

    EightBitMatrix(MatrixKernels kernels, EightBitDots dots, int outputs, int inputs, Arena arena) {
        rows = new EightBitRows(dots, outputs, inputs, arena);
        matrix = StoredMatrix.of(kernels, rows);
    }

    /** Rounds the weights of one output, {@code inputs} finite numbers at {@code offset}. */
    public void setRow(int output, float[] values, int offset) {
        rows.setRow(output, values, offset);
    }

    /** The matrix, once every row is set. */
    public StoredMatrix matrix() {
        return matrix;
    }
}
