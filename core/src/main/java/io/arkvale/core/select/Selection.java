package io.arkvale.core.select;

import io.arkvale.core.table.PageList;

/** Which pages of one head group select has decided to move. Those that take part are in the page table. */
public final class Selection {
    private final PageList recalls = new PageList();
    private final PageList victims = new PageList();

    /** Nothing moves, as in a sequence within its budget. */
    public Selection() {}

    /** Nothing moves. */
    public void clear() {
        recalls.clear();
        victims.clear();
    }

    /** Whether nothing moves. */
    public boolean isEmpty() {
        return recalls.count() + victims.count() == 0;
    }

    /** Selected pages that are not resident, ascending. */
    public PageList recalls() {
        return recalls;
    }

    /** Resident pages to evict, worst first. */
    public PageList victims() {
        return victims;
    }
}
