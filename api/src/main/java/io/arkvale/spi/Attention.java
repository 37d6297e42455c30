package io.arkvale.spi;

import io.arkvale.api.CacheSpec;

/**
 * Attention of one head group from consecutive rows of queries over pages. Decoding has one row, or one per drafted token,
 * and the pages chosen for them; a chunk of a prompt has a row per token and all pages. In a layer with a window the pages
 * are those from the oldest token on that the first row sees. Valid while the call lasts.
 */
@SuppressWarnings("NullAway.Init") // filled before a device sees it
public final class Attention {
    private int group;
    private Places pages;
    private int tokens;
    private int row;
    private int rows;
    private int window;

    /** Filled by {@link #set}. */
    public Attention() {}

    /**
     * Fills it.
     *
     * @param group head group
     * @param pages pages in page order, all full but the last
     * @param tokens tokens on these pages that the last row sees
     * @param row first row of queries and output
     * @param rows how many, at least 1
     * @param window tokens that a row attends to, {@link CacheSpec#NO_WINDOW} if all
     */
    public void set(int group, Places pages, int tokens, int row, int rows, int window) {
        this.group = group;
        this.pages = pages;
        this.tokens = tokens;
        this.row = row;
        this.rows = rows;
        this.window = window;
    }

    /** Head group. */
    public int group() {
        return group;
    }

    /** Pages in page order, all full but the last. */
    public Places pages() {
        return pages;
    }

    /** Tokens on these pages that the last row sees: the first so many. Row {@code i} sees {@code tokens − (rows − 1 − i)}. */
    public int tokens() {
        return tokens;
    }

    /** First row of queries and output. */
    public int row() {
        return row;
    }

    /** How many rows, at least 1. */
    public int rows() {
        return rows;
    }

    /**
     * Tokens that a row attends to: the last so many of those it sees. {@link CacheSpec#NO_WINDOW} if all, as always unless the
     * backend declares windows.
     */
    public int window() {
        return window;
    }

    /** End of the tokens that a row sees, counted from this attention's first. */
    public int seen(int index) {
        return tokens - (rows - 1 - index);
    }

    /** First token that a row attends to, counted from this attention's first. */
    public int from(int index) {
        return Math.max(0, seen(index) - window);
    }
}
