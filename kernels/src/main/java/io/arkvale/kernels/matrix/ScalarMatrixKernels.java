package io.arkvale.kernels.matrix;

/** Plain loops; the inner one runs along a row of B, so that the order of additions is that of the vector tiles. */
final class ScalarMatrixKernels implements MatrixKernels {

    static final ScalarMatrixKernels INSTANCE = new ScalarMatrixKernels();

    private static final int PANEL = 8;

    private ScalarMatrixKernels() {}

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public int panel() {
        return PANEL;
    }

    @Override
    public void multiply(
            int rows,
            int depth,
            int columns,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        for (int row = 0; row < rows; row++) {
            int aRow = aOffset + row * aStride;
            int cRow = cOffset + row * cStride;
            for (int column = 0; column < columns; column++) {
                float sum = 0f;
                for (int k = 0; k < depth; k++) {
                    sum += a[aRow + k] * b[bOffset + k * bStride + column];
                }
                c[cRow + column] = sum;
            }
        }
    }
}
