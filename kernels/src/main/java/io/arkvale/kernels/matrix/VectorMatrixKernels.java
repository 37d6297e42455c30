package io.arkvale.kernels.matrix;

import static io.arkvale.kernels.primitive.Registers.LANES;

/** Cuts a product into register tiles: six rows by as many vectors as the register file holds, then what is left. */
final class VectorMatrixKernels implements MatrixKernels {

    static final VectorMatrixKernels INSTANCE = new VectorMatrixKernels();

    /** 24 accumulators need the 32 registers of 512-bit machines; with 16 registers, 6 × 2 is the widest that fits. */
    private static final int TILE_VECTORS = LANES == 8 ? 2 : 4;

    private VectorMatrixKernels() {}

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public int panel() {
        return TILE_VECTORS * LANES;
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
        if (columns % LANES != 0) {
            throw new IllegalArgumentException("columns must be a multiple of " + LANES + ", not " + columns);
        }
        for (int column = 0; column < columns; ) {
            int vectors = tileVectors((columns - column) / LANES);
            int row = 0;
            for (; row + TILE_ROWS <= rows; row += TILE_ROWS) {
                int aRow = aOffset + row * aStride;
                int cTile = cOffset + row * cStride + column;
                switch (vectors) {
                    case 4 ->
                        Tile6x4.multiply(depth, a, aRow, aStride, b, bOffset + column, bStride, c, cTile, cStride);
                    case 2 ->
                        Tile6x2.multiply(depth, a, aRow, aStride, b, bOffset + column, bStride, c, cTile, cStride);
                    default ->
                        Tile6x1.multiply(depth, a, aRow, aStride, b, bOffset + column, bStride, c, cTile, cStride);
                }
            }
            for (; vectors > 1 && row + 2 <= rows; row += 2) {
                int aRow = aOffset + row * aStride;
                int cTile = cOffset + row * cStride + column;
                if (vectors == 4) {
                    PairTiles.multiply4(depth, a, aRow, aStride, b, bOffset + column, bStride, c, cTile, cStride);
                } else {
                    PairTiles.multiply2(depth, a, aRow, aStride, b, bOffset + column, bStride, c, cTile, cStride);
                }
            }
            for (; row < rows; row++) {
                int aRow = aOffset + row * aStride;
                int cTile = cOffset + row * cStride + column;
                switch (vectors) {
                    case 4 -> RowTiles.multiply4(depth, a, aRow, b, bOffset + column, bStride, c, cTile);
                    case 2 -> RowTiles.multiply2(depth, a, aRow, b, bOffset + column, bStride, c, cTile);
                    default -> RowTiles.multiply1(depth, a, aRow, b, bOffset + column, bStride, c, cTile);
                }
            }
            column += vectors * LANES;
        }
    }

    private static int tileVectors(int remaining) {
        if (TILE_VECTORS == 4 && remaining >= 4) {
            return 4;
        }
        return remaining >= 2 ? 2 : 1;
    }
}
