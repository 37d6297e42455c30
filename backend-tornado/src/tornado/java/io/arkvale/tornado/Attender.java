package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.Attention;
import java.util.ArrayList;
import java.util.List;

/** Step (e): decode attention of several sequences in one execution. Used under the engine's lock. */
final class Attender {
    /** Query heads of a KV head whose output comes back together. */
    private record Wanted(long offset, int at, int count) {}

    private final CacheSpec spec;
    private final RegionLayout layout;
    private final Engine engine;
    private final int partElements;
    private final List<Wanted> wanted = new ArrayList<>();
    private int rows;
    private int parts;

    Attender(CacheSpec spec, RegionLayout layout, Engine engine) {
        this.spec = spec;
        this.layout = layout;
        this.engine = engine;
        partElements = partElements(spec);
    }

    /** Room for what one split makes of its query vectors. */
    static int partElements(CacheSpec spec) {
        return AttendKernel.VECTORS * (spec.headDim() + 2);
    }

    /** Attends from one row for each piece of work, whose pages are all on the device. */
    void attend(List<Attention> work, HostMemory queries, HostMemory output) {
        begin();
        for (var part : work) {
            add(part, queries, output);
        }
        run(output);
    }

    private void begin() {
        engine.table.clear(layout.shape);
        wanted.clear();
        rows = 0;
        parts = 0;
    }

    private void add(Attention work, HostMemory queries, HostMemory output) {
        var pages = work.pages();
        int tokens = work.tokens();
        int splits = Splits.count(tokens);
        int chunks = Math.ceilDiv(spec.queryHeadsPerKvHead(), AttendKernel.VECTORS) * spec.kvHeadsPerGroup();
        int elements = spec.queryHeadsPerGroup() * spec.headDim();
        int fields =
                pages.count() + chunks * splits * AttendKernel.FIELDS + spec.queryHeadsPerGroup() * MergeKernel.FIELDS;
        if (!engine.table.fits(fields)
                || rows + elements > engine.rowElements()
                || parts + (long) chunks * splits * partElements > engine.scratchElements) {
            run(output);
        }
        int list = engine.table.list(pages.count(), i -> layout.slotAt(pages.slot(i)));
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            for (int first = 0; first < spec.queryHeadsPerKvHead(); first += AttendKernel.VECTORS) {
                int vectors = Math.min(AttendKernel.VECTORS, spec.queryHeadsPerKvHead() - first);
                int queryHead = (work.group() * spec.kvHeadsPerGroup() + head) * spec.queryHeadsPerKvHead() + first;
                long offset = ((long) work.row() * spec.queryHeads() + queryHead) * spec.headDim() * Float.BYTES;
                engine.setRows(rows, queries.segment(), offset, vectors * spec.headDim());
                wanted.add(new Wanted(offset, rows, vectors * spec.headDim()));
                addSplits(list, head, vectors, tokens);
                rows += vectors * spec.headDim();
            }
        }
    }

    private void addSplits(int list, int head, int vectors, int tokens) {
        int splitTokens = Splits.tokens(tokens);
        int first = engine.scratch + parts;
        for (int at = 0; at < tokens; at += splitTokens) {
            int end = Math.min(tokens, at + splitTokens);
            int headOffset = head * layout.shape.headElements();
            engine.table.item(rows, vectors, list, at, end, headOffset, tokens, vectors, engine.scratch + parts);
            parts += partElements;
        }
        for (int vector = 0; vector < vectors; vector++) {
            engine.table.secondItem(
                    rows + vector * spec.headDim(),
                    first + vector * (spec.headDim() + 2),
                    partElements,
                    Splits.count(tokens));
        }
    }

    /** Attends, and writes the output of what was added. */
    private void run(HostMemory output) {
        if (!wanted.isEmpty()) {
            engine.run(Engine.Graph.ATTEND);
            for (var part : wanted) {
                engine.getResults(part.at(), output.segment(), part.offset(), part.count());
            }
        }
        begin();
    }
}
