package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;

/**
 * Where a sequence's tables lie in its block of ints: device slots, backup slots and attended pages, each
 * {@code [layers][headGroups][capacity]}, then how many are attended and how many of these were recalled.
 *
 * @param runs layers times head groups
 * @param capacity pages that there is room for
 */
public record Tables(int runs, int capacity) {
    /** Marks of {@code cache.cuh}. */
    public static final int NONE = -1;

    private static final int VICTIM = -10;
    private static final int FRESH = 1 << 30;

    public static Tables of(CacheSpec spec, int capacity) {
        return new Tables(Math.multiplyExact(spec.layers(), spec.headGroups()), capacity);
    }

    public long entries() {
        return (long) runs * capacity;
    }

    public long backups() {
        return entries();
    }

    public long attended() {
        return 2 * entries();
    }

    public long counts() {
        return 3 * entries();
    }

    public long recalls() {
        return counts() + runs;
    }

    public long bytes() {
        return Math.multiplyExact(recalls() + runs, Integer.BYTES);
    }

    /** Page behind an entry of the attended ones. */
    public static int attendedPage(int entry) {
        return entry & ~FRESH;
    }

    /** Device slot behind an entry, or NONE. */
    public static int slot(int entry) {
        return entry >= 0 ? entry : entry <= VICTIM ? VICTIM - entry : NONE;
    }
}
