package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.support.HostTensor;
import java.util.ArrayList;
import java.util.List;

/** Step (e): decode attention of several sequences in one execution. Used under the engine's lock. */
final class Attender {
    /** Query heads of a KV head whose output comes back together. */
    private static final class Wanted {
        final long offset;
        final int at;
        final int count;

        Wanted(long offset, int at, int count) {
            this.offset = offset;
            this.at = at;
            this.count = count;
        }
    }

    private final CacheSpec spec;
    private final PageStore store;
    private final Engine engine;
    private final int partElements;
    private final List<Wanted> wanted = new ArrayList<>();
    private int rows;
    private int parts;

    Attender(CacheSpec spec, PageStore store, Engine engine) {
        this.spec = spec;
        this.store = store;
        this.engine = engine;
        partElements = partElements(spec);
    }

    /** Room for what one split makes of its query vectors. */
    static int partElements(CacheSpec spec) {
        return AttendKernel.VECTORS * (spec.headDim() + 2);
    }

    void begin() {
        engine.table.clear(store.shape);
        wanted.clear();
        rows = 0;
        parts = 0;
    }

    /**
     * Attends with a head group of a row of queries to the given pages.
     *
     * @param pages ascending
     */
    void add(LayerPages layer, int group, int[] pages, int row, HostTensor queries, HostTensor output) {
        int last = pages[pages.length - 1];
        int tokens =
                (pages.length - 1) * spec.pageSize() + Math.min(spec.pageSize(), layer.tokens - last * spec.pageSize());
        int splits = Splits.count(tokens);
        int chunks = Math.ceilDiv(spec.queryHeadsPerKvHead(), AttendKernel.VECTORS) * spec.kvHeadsPerGroup();
        int elements = spec.queryHeadsPerGroup() * spec.headDim();
        int fields =
                pages.length + chunks * splits * AttendKernel.FIELDS + spec.queryHeadsPerGroup() * MergeKernel.FIELDS;
        if (!engine.table.fits(fields)
                || rows + elements > engine.rowElements()
                || parts + chunks * splits * partElements > engine.scratchElements) {
            run(output);
        }
        var table = layer.groups.get(group);
        int list = engine.table.list(pages.length, i -> store.slotAt(table.slot(pages[i])));
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            for (int first = 0; first < spec.queryHeadsPerKvHead(); first += AttendKernel.VECTORS) {
                int vectors = Math.min(AttendKernel.VECTORS, spec.queryHeadsPerKvHead() - first);
                int queryHead = (group * spec.kvHeadsPerGroup() + head) * spec.queryHeadsPerKvHead() + first;
                long offset = row * queries.rowBytes() + (long) queryHead * spec.headDim() * Float.BYTES;
                engine.setRows(rows, queries.memory(), offset, vectors * spec.headDim());
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
            int headOffset = head * store.shape.headElements();
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
    void run(HostTensor output) {
        if (!wanted.isEmpty()) {
            engine.run(Engine.Graph.ATTEND);
            for (var part : wanted) {
                engine.getResults(part.at, output.memory(), part.offset, part.count);
            }
        }
        begin();
    }
}
