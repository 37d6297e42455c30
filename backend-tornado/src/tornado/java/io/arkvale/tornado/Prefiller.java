package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.Attention;
import io.arkvale.spi.Places;
import java.util.ArrayList;
import java.util.List;

/**
 * Dense causal attention of a chunk of tokens over everything a layer stores. Evicted pages are brought, as many at a time
 * as there are free slots, to slots that are given back at once; they do not become resident. Used under the engine's lock.
 */
record Prefiller(CacheSpec spec, RegionLayout layout, Guests guests, Engine engine) {
    /** Attends from the rows of a piece of work. */
    void attend(Attention work, HostMemory queries, HostMemory output) {
        // What waits would take of the room that the rows are counted by.
        engine.next.begin(layout);
        var passes = passes(work.pages());
        int most = mostRows(passes.size());
        for (int from = 0; from < work.rows(); from += most) {
            int count = Math.min(most, work.rows() - from);
            var rows = new Rows(work.group(), work.row() + from, work.seen(from) - 1, count);
            attend(rows, work.pages(), passes, queries, output);
        }
    }

    /** Rows of one execution, and whose they are. */
    private record Rows(int group, int first, int position, int count) {}

    /** Pages that are on the device together, and which of all passes over the pages this is. */
    private record Pass(int list, int firstPage, int endPage, int number, int count) {
        boolean isLast() {
            return number == count - 1;
        }
    }

    /** Ends, in pages, of the runs of pages that can be on the device together. */
    private static List<Integer> passes(Places pages) {
        var ends = new ArrayList<Integer>();
        int evicted = 0;
        for (int page = 0; page < pages.count(); page++) {
            if (pages.slot(page) < 0 && evicted++ == Guests.COUNT) {
                ends.add(page);
                evicted = 1;
            }
        }
        ends.add(pages.count());
        return ends;
    }

    private int partElements() {
        return Attender.partElements(spec);
    }

    private int rowElements() {
        return spec.queryHeadsPerGroup() * spec.headDim();
    }

    private int mostRows(int passes) {
        int units = engine.scratchElements / passes / sharesElements();
        int rows = Math.min(units * layout.shape.rowsTogether(), engine.rowElements() / rowElements());
        return Math.max(1, Math.min(rows, engine.tableNumbers() / 2 / (MergeKernel.FIELDS + AttendKernel.FIELDS)));
    }

    /** Room for what all shares of a unit's attention make in one pass. */
    private int sharesElements() {
        return layout.shape.shares(Section.ATTEND) * partElements();
    }

    private void attend(Rows rows, Places pages, List<Integer> passes, HostMemory queries, HostMemory output) {
        int start = 0;
        for (int number = 0; number < passes.size(); number++) {
            int end = passes.get(number);
            var places = guests.bring(pages, start, end);
            engine.next.begin(layout, Section.PUT);
            int list = engine.next.table.list(places.length, i -> places[i]);
            var pass = new Pass(list, start, end, number, passes.size());
            // Parts lie where they lay in the pass before, and nothing else takes of the scratch between passes.
            int part = engine.next.takeScratch(
                    Math.ceilDiv(rows.count(), layout.shape.rowsTogether()) * passes.size() * sharesElements());
            for (int row = 0; row < rows.count(); row += layout.shape.rowsTogether()) {
                int count = Math.min(layout.shape.rowsTogether(), rows.count() - row);
                add(new Unit(row, count), rows, pass, part, queries, output);
                part += passes.size() * sharesElements();
            }
            engine.next.run();
            start = end;
        }
    }

    /** Rows that work groups take together: first of them among all rows, and how many. */
    private record Unit(int row, int rows) {}

    private void add(Unit unit, Rows rows, Pass pass, int part, HostMemory queries, HostMemory output) {
        var next = engine.next;
        int query = next.takeRows(unit.rows() * rowElements());
        each(queries, unit, rows, (at, element, count) -> next.setRow(query + at, queries.segment(), element, count));
        int before = pass.firstPage() * spec.pageSize();
        int seen = rows.position() + unit.row() + 1 - before;
        int tokens = Math.clamp(seen + unit.rows() - 1, 0, (pass.endPage() - pass.firstPage()) * spec.pageSize());
        int target = part + pass.number() * partElements();
        int apart = pass.count() * partElements();
        next.table.item(Section.ATTEND, query, unit.rows(), pass.list(), 0, tokens, seen, target, apart);
        if (pass.isLast()) {
            int result = next.takeResults(unit.rows() * rowElements());
            next.table.item(Section.MERGE, result, part, partElements(), pass.count(), apart, unit.rows());
            next.then(() -> each(
                    output,
                    unit,
                    rows,
                    (at, element, count) ->
                            next.getResults(result + at, output.segment(), spec.elementType(), element, count)));
        }
    }

    /** What is done with query vectors that lie side by side in a tensor. */
    @FunctionalInterface
    private interface Run {
        /**
         * Does it.
         *
         * @param at where they lie among those of a unit, which lie by KV head, then by row
         * @param element first element in the tensor
         */
        void take(int at, long element, int count);
    }

    private void each(HostMemory tensor, Unit unit, Rows rows, Run run) {
        int count = spec.queryHeadsPerKvHead() * spec.headDim();
        for (int row = 0; row < unit.rows(); row++) {
            long token = rows.first() + unit.row() + (long) row;
            long first = layout.shape.element(tensor, token, (long) rows.group() * rowElements());
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                run.take((head * unit.rows() + row) * count, first + (long) head * count, count);
            }
        }
    }
}
