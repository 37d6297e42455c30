package io.arkvale.cpu;

/**
 * What select decided for one head group.
 *
 * @param selected pages that take part, ascending
 * @param recalls selected pages that are not resident, ascending
 * @param victims resident pages to evict, worst first
 */
record Selection(int[] selected, int[] recalls, int[] victims) {
    private static final int[] NO_PAGES = new int[0];

    /** Of a sequence within its budget: every page takes part and none moves. */
    static final Selection NOTHING = new Selection(NO_PAGES, NO_PAGES, NO_PAGES);
}
