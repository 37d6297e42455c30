package io.arkvale.spi;

/**
 * Attention of one head group from consecutive rows of queries over pages. Decoding has one row, or one per drafted token,
 * and the pages chosen for them; a chunk of a prompt has a row per token and all pages.
 *
 * @param group head group
 * @param pages pages in page order, all full but the last
 * @param tokens tokens on these pages that the last row sees: the first so many. Row {@code i} sees
 *     {@code tokens − (rows − 1 − i)}
 * @param row first row of queries and output
 * @param rows how many, at least 1
 */
public record Attention(int group, Places pages, int tokens, int row, int rows) {
    /** Tokens that a row sees, counted from this attention's first. */
    public int seen(int index) {
        return tokens - (rows - 1 - index);
    }
}
