package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.HostTensor;

/** Step (a): stores tokens in pages; summarises and backs up the pages that fill. Used under the engine's lock. */
final class Appender {
    private final CacheSpec spec;
    private final PageStore store;
    private final Engine engine;
    private int rows;

    Appender(CacheSpec spec, PageStore store, Engine engine) {
        this.spec = spec;
        this.store = store;
        this.engine = engine;
    }

    /** First of all: opens the pages that {@code count} more tokens need, and copies a last page that forks share. */
    void open(LayerPages layer, int count) {
        int pages = spec.pages(layer.tokens + count);
        for (var group : layer.groups) {
            if (layer.tokens % spec.pageSize() != 0) {
                store.unshare(group, layer.tokens / spec.pageSize());
            }
            while (group.pages() < pages) {
                group.open(store.slots.take());
            }
        }
    }

    /** Then: begins to collect tokens. */
    void begin() {
        store.transfers.flush();
        engine.table.clear(store.shape);
        rows = 0;
    }

    /**
     * Stores {@code count} tokens whose keys and values are rows {@code firstRow} on. Slots and backups were reserved.
     *
     * @return bytes that the backups of filled pages take
     */
    long add(SequenceSpec sequence, LayerPages layer, HostTensor keys, HostTensor values, int firstRow, int count) {
        long backedUp = 0;
        for (int i = 0; i < count; i++) {
            addToken(layer, keys, values, firstRow + i);
            layer.tokens++;
            if (layer.limited && layer.tokens % spec.pageSize() == 0) {
                addDigests(sequence, layer, layer.tokens / spec.pageSize() - 1);
                backedUp += layer.groups.size() * spec.slotBytes();
            }
        }
        return backedUp;
    }

    /** Last: stores what was collected, and backs up the pages that it filled. */
    void end() {
        run();
        store.writeBackups();
    }

    private void addToken(LayerPages layer, HostTensor keys, HostTensor values, int row) {
        int elements = spec.kvHeads() * spec.headDim();
        int fields = spec.headGroups() * AppendKernel.FIELDS + spec.kvHeads() * DigestKernel.FIELDS;
        if (rows + 2 * elements > engine.rowElements() || !engine.table.fits(fields)) {
            run();
        }
        engine.setRows(rows, keys.memory(), row * keys.rowBytes(), elements);
        engine.setRows(rows + elements, values.memory(), row * values.rowBytes(), elements);
        int page = layer.tokens / spec.pageSize();
        int token = layer.tokens % spec.pageSize();
        int groupElements = spec.kvHeadsPerGroup() * spec.headDim();
        for (int group = 0; group < layer.groups.size(); group++) {
            int at = rows + group * groupElements;
            int place = store.slotAt(layer.groups.get(group).slot(page)) + token * spec.headDim();
            engine.table.item(at, at + elements, place);
        }
        rows += 2 * elements;
    }

    private void addDigests(SequenceSpec sequence, LayerPages layer, int page) {
        int kind = DigestKernel.kind(sequence.digest());
        for (var group : layer.groups) {
            int keys = store.slotAt(group.slot(page));
            int target = store.digestAt(store.newBackup(group, page));
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                engine.table.secondItem(
                        keys + head * store.shape.headElements(), target + head * store.shape.digestElements(), kind);
            }
        }
    }

    private void run() {
        if (!engine.table.isEmpty()) {
            engine.run(Engine.Graph.APPEND);
        }
        engine.table.clear(store.shape);
        rows = 0;
    }
}
