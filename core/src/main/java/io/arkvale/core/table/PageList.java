package io.arkvale.core.table;

import java.util.Arrays;

/** Page numbers: a list, or a run, which takes no memory. It is filled again and again, and keeps the memory for that. */
public final class PageList {
    private int[] pages = new int[0];
    private boolean isRun = true;
    private int from;
    private int count;

    /** None. */
    public PageList() {}

    /** Forgets all. */
    public void clear() {
        isRun = false;
        count = 0;
    }

    /** Adds a page at the end of a list, which begins with {@link #clear}. */
    public void add(int page) {
        if (count == pages.length) {
            pages = Arrays.copyOf(pages, Math.max(8, Math.multiplyExact(2, count)));
        }
        pages[count++] = page;
    }

    /** Becomes the pages from one on, before another. */
    public void setRun(int from, int end) {
        isRun = true;
        this.from = from;
        count = Math.max(0, end - from);
    }

    /** Becomes a copy of another. */
    public void set(PageList other) {
        isRun = other.isRun;
        from = other.from;
        count = other.count;
        if (!isRun) {
            if (pages.length < count) {
                pages = new int[other.pages.length];
            }
            System.arraycopy(other.pages, 0, pages, 0, count);
        }
    }

    /** Keeps those below a page; they are ascending. */
    public void cutBelow(int end) {
        while (count > 0 && page(count - 1) >= end) {
            count--;
        }
    }

    /** How many. */
    public int count() {
        return count;
    }

    /** The page with an index. */
    public int page(int index) {
        return isRun ? from + index : pages[index];
    }

    /** All, in their order. */
    public int[] toArray() {
        var all = new int[count];
        for (int i = 0; i < count; i++) {
            all[i] = page(i);
        }
        return all;
    }
}
