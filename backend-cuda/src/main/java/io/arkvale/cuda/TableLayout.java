package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.Residence;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.kernel.CacheStructs.Tables;

/**
 * Where a sequence's tables lie in its block of ints: device slots and backup slots, each {@code [runs][capacity]}, attended
 * pages {@code [runs][2][width]}, a bit per page that has changed, then struct {@code Run} of {@code cache.cuh} for each run.
 *
 * @param runs layers times head groups
 * @param capacity pages that there is room for
 * @param width attended pages that half a list has room for
 */
public record TableLayout(int runs, int capacity, int width) {
    /** Marks of {@code cache.cuh}. */
    public static final int NONE = -1;

    private static final int VICTIM = -10;
    private static final int FRESH = 1 << 30;

    /** Ints of struct {@code Run}: half, counts, recalls, two steps, padding. */
    private static final int RUN_INTS = 8;

    private static final int RUN_COUNTS = 1;
    private static final int RUN_RECALLS = 3;

    /**
     * Tables for a sequence.
     *
     * @param leastWidth attended pages that there has to be room for, if there are so many pages
     */
    public static TableLayout of(CacheSpec spec, SequenceSpec settings, int capacity, int leastWidth) {
        int runs = Math.multiplyExact(spec.layers(), spec.headGroups());
        long own = new Residence(spec, settings).mostBudgetPages() + 1L;
        long width = Math.min(capacity, Math.max(own, leastWidth));
        return new TableLayout(runs, capacity, width == 1 ? 0 : (int) width);
    }

    /** Where backup slots begin. */
    public long backups() {
        return (long) runs * capacity;
    }

    /** Where what is NONE in an empty sequence ends; all that follows is zero there. */
    public long marks() {
        return 2 * backups();
    }

    private long changed() {
        return marks() + 2L * runs * width;
    }

    private long runsAt() {
        return changed() + (long) runs * Math.ceilDiv(capacity, Integer.SIZE);
    }

    public long bytes() {
        return Math.multiplyExact(runsAt() + (long) RUN_INTS * runs, Integer.BYTES);
    }

    /** The tables of a block, as kernels are given them. */
    public Tables in(Address block) {
        return new Tables(
                block.value(),
                at(block, backups()),
                at(block, marks()),
                at(block, runsAt()),
                at(block, changed()),
                capacity,
                width);
    }

    private static long at(Address block, long ints) {
        return block.plus(Integer.BYTES * ints).value();
    }

    /** Device slot of a page, or NONE, in a copy of the block. */
    public int slot(int[] copy, int run, int page) {
        int entry = copy[Math.toIntExact((long) run * capacity + page)];
        return entry >= 0 ? entry : entry <= VICTIM ? VICTIM - entry : NONE;
    }

    /** How many pages a run attends to, in a copy of the block; −n for those from {@link #attendedFirst} on, before page n. */
    public int attendedCount(int[] copy, int run) {
        return copy[runAt(run) + RUN_COUNTS + copy[runAt(run)]];
    }

    /** The first page that a run attends to, in a copy of the block, if it attends to all pages from one on. */
    public int attendedFirst(int[] copy, int run) {
        return copy[runAt(run) + RUN_RECALLS + copy[runAt(run)]];
    }

    /** A page that a run attends to, in a copy of the block. */
    public int attendedPage(int[] copy, int run, int index) {
        long list = marks() + (2L * run + copy[runAt(run)]) * width;
        return copy[Math.toIntExact(list + index)] & ~FRESH;
    }

    private int runAt(int run) {
        return Math.toIntExact(runsAt() + (long) RUN_INTS * run);
    }
}
