package io.arkvale.tornado;

/**
 * How a run of tokens is cut for work groups to attend to side by side. Depends on the run alone, never on the batch, so
 * that a sequence's result has the same bits in any company.
 */
final class Splits {
    /** Fewest tokens of a split: a work group waits for memory most of the time, so a device wants many. */
    static final int LEAST_TOKENS = 32;

    /** Most splits of a run. */
    static final int MOST_SPLITS = 64;

    private Splits() {}

    /** Tokens of each split but the last. */
    static int tokens(int all) {
        int even = Math.ceilDiv(all, MOST_SPLITS);
        return Math.max(LEAST_TOKENS, Math.ceilDiv(even, AttendKernel.TILE) * AttendKernel.TILE);
    }

    /** Splits of a run. */
    static int count(int all) {
        return Math.ceilDiv(all, tokens(all));
    }
}
