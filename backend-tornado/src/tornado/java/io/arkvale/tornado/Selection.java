package io.arkvale.tornado;

/** What select decided for one head group. */
final class Selection {
    private static final int[] NO_PAGES = new int[0];

    /** Of a sequence within its budget: every page takes part and none moves. */
    static final Selection NOTHING = new Selection(NO_PAGES, NO_PAGES, NO_PAGES);

    /** Pages that take part, ascending. */
    final int[] selected;
    /** Selected pages that are not resident, ascending. */
    final int[] recalls;
    /** Resident pages to evict, worst first. */
    final int[] victims;

    Selection(int[] selected, int[] recalls, int[] victims) {
        this.selected = selected;
        this.recalls = recalls;
        this.victims = victims;
    }
}
