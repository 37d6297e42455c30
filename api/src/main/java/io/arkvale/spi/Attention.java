package io.arkvale.spi;

import io.arkvale.api.CacheSpec;

/**
 * Attention of one head group from consecutive rows of queries over pages. Decoding has one row, or one per drafted token,
 * and the pages chosen for them; a chunk of a prompt has a row per token and all pages. In a layer with a window the pages
 * are those from the oldest token on that the first row sees.
 *
 * @param group head group
 * @param pages pages in page order, all full but the last
 * @param tokens tokens on these pages that the last row sees: the first so many. Row {@code i} sees
 *     {@code tokens − (rows − 1 − i)}
 * @param row first row of queries and output
 * @param rows how many, at least 1
 * @param window tokens that a row attends to: the last so many of those it sees. {@link CacheSpec#NO_WINDOW} if all, as always
 *     unless the backend declares windows
 */
public record Attention(int group, Places pages, int tokens, int row, int rows, int window) {
    /** Attention to all tokens that a row sees. */
    public Attention(int group, Places pages, int tokens, int row, int rows) {
        this(group, pages, tokens, row, rows, CacheSpec.NO_WINDOW);
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
