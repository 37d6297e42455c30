package io.arkvale.kernels.weights;

import io.arkvale.kernels.matrix.MatrixKernels;

/** Products with one panel of weights, {@code [inputs][panel]}, of which the last columns may be padding. */
final class PanelProduct {
    private PanelProduct() {}

    /** Computes {@code rows × columns} elements of C, where X is {@code rows × inputs}. */
    static void multiply(
            MatrixKernels kernels,
            float[] panel,
            int inputs,
            int columns,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride) {
        int width = kernels.panel();
        int whole = columns - columns % kernels.lanes();
        if (whole > 0) {
            kernels.multiply(rows, inputs, whole, x, xOffset, xStride, panel, 0, width, c, cOffset, cStride);
        }
        if (whole < columns) {
            multiplyTail(
                    kernels,
                    panel,
                    whole,
                    inputs,
                    columns - whole,
                    rows,
                    x,
                    xOffset,
                    xStride,
                    c,
                    cOffset + whole,
                    cStride);
        }
    }

    /** The last few outputs, fewer than a vector: computed aside, as C may have no room for the padding. */
    private static void multiplyTail(
            MatrixKernels kernels,
            float[] panel,
            int from,
            int inputs,
            int columns,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride) {
        int lanes = kernels.lanes();
        float[] tail = new float[Math.multiplyExact(rows, lanes)];
        kernels.multiply(rows, inputs, lanes, x, xOffset, xStride, panel, from, kernels.panel(), tail, 0, lanes);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                c[cOffset + row * cStride + column] = tail[row * lanes + column];
            }
        }
    }
}
