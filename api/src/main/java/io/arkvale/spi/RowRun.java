package io.arkvale.spi;

/**
 * Consecutive rows of keys and values that go to consecutive tokens of one page. Of each row only the heads of the page's
 * group go there: KV heads {@code group · kvHeadsPerGroup} on.
 *
 * @param row first row of the tensors
 * @param rows how many
 * @param group head group
 * @param slot the page's slot
 * @param token where in the page the first row goes
 */
public record RowRun(int row, int rows, int group, int slot, int token) {}
