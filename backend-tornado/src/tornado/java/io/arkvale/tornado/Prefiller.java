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

    private long rowBytes() {
        return (long) spec.queryHeads() * spec.headDim() * Float.BYTES;
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
        return Math.max(1, Math.min(rows, engine.table.capacity() / 2 / fields));
    }

    private void attend(Rows rows, Places pages, List<Integer> passes, HostMemory queries, HostMemory output) {
        int start = 0;
        for (int pass = 0; pass < passes.size(); pass++) {
            int end = passes.get(pass);
            var places = guests.bring(pages, start, end);
            engine.table.clear(layout.shape);
            int list = engine.table.list(places.length, i -> places[i]);
            addUnits(rows, queries, list, start, end, pass, passes.size());
            engine.run(Engine.Graph.ATTEND);
            start = end;
        }
        copyOut(rows, output);
    }

    private void addUnits(Rows rows, HostMemory queries, int list, int firstPage, int endPage, int pass, int passes) {
        int part = engine.scratch;
        int before = firstPage * spec.pageSize();
        for (var unit : units(rows)) {
            for (int row = 0; row < unit.rows(); row++) {
                engine.setRows(
                        unit.at() + row * unit.heads() * spec.headDim(),
                        queries.segment(),
                        (rows.first() + unit.row() + row) * rowBytes() + unit.offset(),
                        unit.heads() * spec.headDim());
            }
            int vectors = unit.rows() * unit.heads();
            int seen = rows.position() + unit.row() + 1 - before;
            int tokens = Math.clamp(seen + unit.rows() - 1, 0, (endPage - firstPage) * spec.pageSize());
            int headOffset = unit.head() * layout.shape.headElements();
            engine.table.item(
                    unit.at(), vectors, list, 0, tokens, headOffset, seen, unit.heads(), part + pass * partElements());
            if (pass == passes - 1) {
                for (int vector = 0; vector < vectors; vector++) {
                    int source = part + vector * (spec.headDim() + 2);
                    engine.table.secondItem(unit.at() + vector * spec.headDim(), source, partElements(), passes);
                }
            }
            part += passes * partElements();
        }
    }

    private void copyOut(Rows rows, HostMemory output) {
        for (var unit : units(rows)) {
            for (int row = 0; row < unit.rows(); row++) {
                engine.getResults(
                        unit.at() + row * unit.heads() * spec.headDim(),
                        output.segment(),
                        (rows.first() + unit.row() + row) * rowBytes() + unit.offset(),
                        unit.heads() * spec.headDim());
            }
        }
    }

    /**
     * The query vectors of one work group: some query heads of a KV head, for one or more tokens.
     *
     * @param offset where in a tensor's row its first head lies
     * @param at where its vectors lie among the rows of an execution
     */
    private record Unit(int head, int row, int rows, int heads, long offset, int at) {}

    private List<Unit> units(Rows rows) {
        var units = new ArrayList<Unit>();
        int at = 0;
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            for (int first = 0; first < spec.queryHeadsPerKvHead(); first += chunk()) {
                int heads = Math.min(chunk(), spec.queryHeadsPerKvHead() - first);
                int queryHead = (rows.group() * spec.kvHeadsPerGroup() + head) * spec.queryHeadsPerKvHead() + first;
                for (int row = 0; row < rows.count(); row += unitRows()) {
                    int count = Math.min(unitRows(), rows.count() - row);
                    units.add(new Unit(head, row, count, heads, (long) queryHead * spec.headDim() * Float.BYTES, at));
                    at += count * heads * spec.headDim();
                }
            }
        }
        return units;
    }
}
