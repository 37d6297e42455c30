package io.arkvale.spi;

/**
 * Consecutive rows of keys and values that go to consecutive tokens of one page. Of each row only the heads of the page's
 * group go there: KV heads {@code group · kvHeadsPerGroup} on. Valid while the call lasts.
 */
public final class RowRun {
    private int row;
    private int rows;
    private int group;
    private int slot;
    private int token;

    /** Filled by {@link #set}. */
    public RowRun() {}

    /**
     * Fills it.
     *
     * @param row first row of the tensors
     * @param rows how many
     * @param group head group
     * @param slot the page's slot
     * @param token where in the page the first row goes
     */
    public void set(int row, int rows, int group, int slot, int token) {
        this.row = row;
        this.rows = rows;
        this.group = group;
        this.slot = slot;
        this.token = token;
    }

    /** First row of the tensors. */
    public int row() {
        return row;
    }

    /** How many rows. */
    public int rows() {
        return rows;
    }

    /** Head group. */
    public int group() {
        return group;
    }

    /** The page's slot. */
    public int slot() {
        return slot;
    }

    /** Where in the page the first row goes. */
    public int token() {
        return token;
    }
}
