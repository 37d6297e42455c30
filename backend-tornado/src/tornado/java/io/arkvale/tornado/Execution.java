package io.arkvale.tornado;

import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The execution of an {@link Engine} that comes next, while it is put together. What is asked for waits here until something
 * is asked for that cannot go with it, or whose result is wanted: so the rows of a step go to the device together with its
 * scoring and attention, and recalled pages with the attention over them. Used under the engine's lock.
 */
final class Execution {
    final Table table;
    private final Engine engine;
    private final List<Runnable> after = new ArrayList<>();
    private @Nullable RegionLayout owner;
    private int rows;
    private int results;
    private int scratch;
    private int pagesIn;
    private int pagesOut;

    Execution(Engine engine, Table table) {
        this.engine = engine;
        this.table = table;
    }

    /**
     * Goes on with a cache's work. What waits is done first if it is another cache's, or may not wait for what comes.
     *
     * @param owner the cache
     * @param waiting what may have been asked for before and go along
     */
    void begin(RegionLayout owner, Section... waiting) {
        if (this.owner == owner && Set.of(waiting).containsAll(table.used())) {
            return;
        }
        run();
        this.owner = owner;
        table.clear(owner.shape);
    }

    /** Forgets what waits, if it is of a cache that closes. */
    void drop(RegionLayout closed) {
        if (owner == closed) {
            empty();
            owner = null;
        }
    }

    /** Whether there is room for more. */
    boolean fits(Needs needs) {
        return table.fits(needs.fields())
                && rows + needs.rows() <= engine.rowElements()
                && results + needs.results() <= engine.resultElements()
                && scratch + needs.scratch() <= engine.scratchElements;
    }

    /** Adds elements, from one on, as numbers that go along; returns where they are. */
    int addRow(MemorySegment source, long first, int count) {
        int at = takeRows(count);
        setRow(at, source, first, count);
        return at;
    }

    /** Takes room for numbers that go along, for {@link #setRow}; returns where it is. */
    int takeRows(int count) {
        rows += count;
        return rows - count;
    }

    /** Sets numbers that go along to elements. */
    void setRow(int at, MemorySegment source, long first, int count) {
        engine.setRows(at, source, type(), first, count);
    }

    private ElementType type() {
        if (owner == null) {
            throw new IllegalStateException("nobody has begun");
        }
        return owner.shape.type();
    }

    /** Takes room for results; returns where it is. */
    int takeResults(int count) {
        results += count;
        return results - count;
    }

    /** Takes room for what one kernel leaves to the next; returns where it is in the engine's memory. */
    int takeScratch(int count) {
        scratch += count;
        return engine.scratch + scratch - count;
    }

    /** How many elements of pages can still go along. */
    int roomIn() {
        return engine.stagingElements() - pagesIn;
    }

    /** Adds elements of a page that goes along; returns where they are. */
    int addPage(MemorySegment source, long first, int count) {
        engine.setPages(pagesIn, source, first, count);
        pagesIn += count;
        return pagesIn - count;
    }

    /** How many elements of pages can still come back. */
    int roomOut() {
        return engine.stagingElements() - pagesOut;
    }

    /** Takes room for elements of a page that comes back; returns where it is. */
    int takePage(int count) {
        pagesOut += count;
        return pagesOut - count;
    }

    /** Will copy elements of pages that come back to where they are wanted. */
    void thenGetPages(int at, MemorySegment target, long first, int count) {
        then(() -> engine.getPages(at, target, first, count));
    }

    /** Puts results to where they are wanted, from an element on, in what {@link #then} does. */
    void getResults(int at, MemorySegment target, ElementType type, long first, int count) {
        engine.getResults(at, target, type, first, count);
    }

    /** Puts results into every {@code stride}-th place of an array, from one on, in what {@link #then} does. */
    void getResults(int at, float[] target, int first, int stride, int count) {
        engine.getResults(at, target, first, stride, count);
    }

    /** One number of the results, in what {@link #then} does. */
    float result(int at) {
        return engine.result(at);
    }

    /** What to do with the results once they are there. */
    void then(Runnable handOut) {
        after.add(handOut);
    }

    /** Does what waits. */
    void run() {
        if (table.used().isEmpty()) {
            return;
        }
        try {
            engine.run(Graph.of(EnumSet.copyOf(table.used())));
            after.forEach(Runnable::run);
        } finally {
            empty();
        }
    }

    private void empty() {
        if (owner != null) {
            table.clear(owner.shape);
        }
        after.clear();
        rows = 0;
        results = 0;
        scratch = 0;
        pagesIn = 0;
        pagesOut = 0;
    }
}
