package io.arkvale.core.table;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Pages that take part in attention, ascending: a list, or a run. */
public final class AttendedPages {
    /** None: nothing has been attended to. */
    public static final AttendedPages NONE = first(0);

    /** Null for a run. */
    private final int @Nullable [] pages;

    private final int from;
    private final int count;

    private AttendedPages(int @Nullable [] pages, int from, int count) {
        this.pages = pages;
        this.from = from;
        this.count = count;
    }

    /** The first so many pages. */
    public static AttendedPages first(int count) {
        return run(0, count);
    }

    /** The pages from one on, before another. */
    public static AttendedPages run(int from, int end) {
        return new AttendedPages(null, from, Math.max(0, end - from));
    }

    /** The given pages; the array is kept. */
    public static AttendedPages of(int[] pages) {
        return new AttendedPages(pages, 0, pages.length);
    }

    /** Those below a page. */
    public AttendedPages below(int end) {
        return pages == null
                ? run(from, Math.min(from + count, end))
                : of(Arrays.stream(pages).filter(page -> page < end).toArray());
    }

    public int count() {
        return count;
    }

    public int page(int index) {
        return pages == null ? from + index : pages[index];
    }

    public int[] toArray() {
        return pages == null ? IntStream.range(from, from + count).toArray() : pages.clone();
    }
}
