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

    private long rowLength() {
        return (long) spec.queryHeads() * spec.headDim();
    }

    /** Query heads of a KV head go in chunks; where they are few, several tokens share a work group. */
    private int chunk() {
        return Math.min(AttendKernel.VECTORS, spec.queryHeadsPerKvHead());
    }

    private int chunks() {
        return Math.ceilDiv(spec.queryHeadsPerKvHead(), chunk()) * spec.kvHeadsPerGroup();
    }

    private int unitRows() {
        return AttendKernel.VECTORS / chunk();
    }

    private int mostRows(int passes) {
        int units = engine.scratchElements / partElements() / passes / chunks();
        int rows = Math.min(units * unitRows(), engine.rowElements() / (spec.queryHeadsPerGroup() * spec.headDim()));
        int fields = spec.queryHeadsPerGroup() * MergeKernel.FIELDS + chunks() * AttendKernel.FIELDS;
        return Math.max(1, Math.min(rows, engine.tableNumbers() / 2 / fields));
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
            int part = engine.next.takeScratch(units(rows).size() * passes.size() * partElements());
            for (var unit : units(rows)) {
                add(unit, rows, pass, part, queries, output);
                part += passes.size() * partElements();
            }
            engine.next.run();
            start = end;
        }
    }

    private void add(Unit unit, Rows rows, Pass pass, int part, HostMemory queries, HostMemory output) {
        var next = engine.next;
        int elements = unit.heads() * spec.headDim();
        int vectors = unit.rows() * unit.heads();
        int query = next.takeRows(vectors * spec.headDim());
        for (int row = 0; row < unit.rows(); row++) {
            next.setRow(query + row * elements, queries.segment(), offset(unit, rows, row), elements);
        }
        int before = pass.firstPage() * spec.pageSize();
        int seen = rows.position() + unit.row() + 1 - before;
        int tokens = Math.clamp(seen + unit.rows() - 1, 0, (pass.endPage() - pass.firstPage()) * spec.pageSize());
        int headOffset = unit.head() * layout.shape.headElements();
        int target = part + pass.number() * partElements();
        next.table.item(Section.ATTEND, query, vectors, pass.list(), 0, tokens, headOffset, seen, unit.heads(), target);
        if (pass.isLast()) {
            int result = next.takeResults(vectors * spec.headDim());
            for (int vector = 0; vector < vectors; vector++) {
                int source = part + vector * (spec.headDim() + 2);
                next.table.item(Section.MERGE, result + vector * spec.headDim(), source, partElements(), pass.count());
            }
            for (int row = 0; row < unit.rows(); row++) {
                int from = result + row * elements;
                long offset = offset(unit, rows, row);
                next.then(() -> next.getResults(from, output.segment(), spec.elementType(), offset, elements));
            }
        }
    }

    private long offset(Unit unit, Rows rows, int row) {
        return (rows.first() + unit.row() + row) * rowLength() + unit.offset();
    }

    /**
     * The query vectors of one work group: some query heads of a KV head, for one or more tokens.
     *
     * @param offset where in a tensor's row its first head lies
     */
    private record Unit(int head, int row, int rows, int heads, long offset) {}

    private List<Unit> units(Rows rows) {
        var units = new ArrayList<Unit>();
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            for (int first = 0; first < spec.queryHeadsPerKvHead(); first += chunk()) {
                int heads = Math.min(chunk(), spec.queryHeadsPerKvHead() - first);
                int queryHead = (rows.group() * spec.kvHeadsPerGroup() + head) * spec.queryHeadsPerKvHead() + first;
                for (int row = 0; row < rows.count(); row += unitRows()) {
                    int count = Math.min(unitRows(), rows.count() - row);
                    units.add(new Unit(head, row, count, heads, (long) queryHead * spec.headDim()));
                }
            }
        }
        return units;
    }
}
