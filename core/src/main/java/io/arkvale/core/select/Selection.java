package io.arkvale.core.select;

/** What select decided for one head group. Its arrays are not to be written. */
public final class Selection {
    private static final int[] NO_PAGES = new int[0];

    /** Of a sequence within its budget: every page takes part and none moves. */
    public static final Selection NOTHING = new Selection(NO_PAGES, NO_PAGES, NO_PAGES);

    private final int[] selected;
    private final int[] recalls;
    private final int[] victims;

    /** Keeps the arrays it is given. */
    public Selection(int[] selected, int[] recalls, int[] victims) {
        this.selected = selected;
        this.recalls = recalls;
        this.victims = victims;
    }

    /** Pages that take part, ascending. */
    public int[] selected() {
        return selected;
    }

    /** Selected pages that are not resident, ascending. */
    public int[] recalls() {
        return recalls;
    }

    /** Resident pages to evict, worst first. */
    public int[] victims() {
        return victims;
    }
}
