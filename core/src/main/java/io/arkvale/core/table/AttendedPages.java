package io.arkvale.core.table;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Pages that take part in attention, ascending: a list, or all from the first on. */
public final class AttendedPages {
    /** None: nothing has been attended to. */
    public static final AttendedPages NONE = first(0);

    /** Null for a run from the first page on. */
    private final int @Nullable [] pages;

    private final int count;

    private AttendedPages(int @Nullable [] pages, int count) {
        this.pages = pages;
        this.count = count;
    }

    /** The first so many pages. */
    public static AttendedPages first(int count) {
        return new AttendedPages(null, count);
    }

    /** The given pages; the array is kept. */
    public static AttendedPages of(int[] pages) {
        return new AttendedPages(pages, pages.length);
    }

    /** Those below a page. */
    public AttendedPages below(int end) {
        return pages == null
                ? first(Math.min(count, end))
                : of(Arrays.stream(pages).filter(page -> page < end).toArray());
    }

    public int count() {
        return count;
    }

    public int page(int index) {
        return pages == null ? index : pages[index];
    }

    public int[] toArray() {
        return pages == null ? IntStream.range(0, count).toArray() : pages.clone();
    }
}
