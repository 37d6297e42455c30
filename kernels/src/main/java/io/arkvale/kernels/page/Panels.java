package io.arkvale.kernels.page;

/**
 * How a matrix of a page lies in memory for attention: in panels of {@value #WIDTH} columns, each panel row by row, the
 * last one only as wide as the columns left. Whoever reads a panel from its first row to its last reads memory in order,
 * with some vectors of every row in registers.
 *
 * <p>A page's keys are such a matrix with a row per dimension and a column per token, its values one with a row per token and a
 * column per dimension. Scores are then the keys' rows weighted by the query, outputs the values' rows weighted by the
 * softmax, and nothing is ever added across the lanes of a vector.
 */
public final class Panels {
    /** Columns of a panel: two vectors of 512 bits, four of 256. */
    public static final int WIDTH = 32;

    /**
     * Bytes beyond the end of a matrix in panels that are read, though never used, and so must be there: two vectors of 512
     * bits.
     */
    public static final int READ_BEYOND = 128;

    private Panels() {}

    /** Columns of the panel that begins at {@code column}, a multiple of {@link #WIDTH}. */
    public static int width(int columns, int column) {
        return Math.min(WIDTH, columns - column);
    }

    /** Where an element lies, counted in elements from the matrix's first. */
    public static int index(int rows, int columns, int row, int column) {
        int inPanel = column % WIDTH;
        int panel = column - inPanel;
        return panel * rows + row * width(columns, panel) + inPanel;
    }
}
