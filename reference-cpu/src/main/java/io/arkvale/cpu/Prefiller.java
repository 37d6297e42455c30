package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.support.HostTensor;
import io.arkvale.api.support.PageTable;
import io.arkvale.kernels.CausalAttention;
import io.arkvale.kernels.PackedKeyValues;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Dense causal attention of a chunk of tokens over everything a layer stores, evicted pages read from their backups. */
final class Prefiller {
    private final CacheSpec spec;
    private final PageStore store;
    private final Workers workers;
    private final CausalAttention attention;

    Prefiller(CacheSpec spec, PageStore store, Workers workers) {
        this.spec = spec;
        this.store = store;
        this.workers = workers;
        attention = workers.causalAttention(spec);
    }

    /**
     * Attends from the last {@code count} stored tokens, whose queries are rows {@code firstRow} on, and writes the same
     * rows of the output.
     *
     * @throws IOException if an evicted page cannot be read
     */
    void attend(LayerPages layer, HostTensor queries, HostTensor output, int firstRow, int count) throws IOException {
        var states = new CausalAttention.State[workers.pool.workers()];
        // One KV head at a time, so that only one head's keys and values are held in float32.
        for (int kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
            attendHead(layer, kvHead, pack(layer, kvHead), queries, output, firstRow, count, states);
        }
    }

    private PackedKeyValues pack(LayerPages layer, int kvHead) throws IOException {
        var packed = workers.dense.keyValues(spec.headDim());
        packed.reserve(layer.tokens);
        var group = layer.groups.get(kvHead / spec.kvHeadsPerGroup());
        int head = kvHead % spec.kvHeadsPerGroup();
        int numbers = Math.multiplyExact(spec.pageSize(), spec.headDim());
        long rowBytes = store.layout.rowBytes();
        try (var arena = Arena.ofShared()) {
            var staged = stageEvicted(group, arena);
            workers.pool.forEach(layer.pages(), (page, worker) -> {
                var scratch = workers.get(worker).pageRows;
                var rows = new float[2][numbers];
                int slot = group.slot(page);
                var memory = slot >= 0 ? store.slots.slab(slot) : staged[page];
                long offset = slot >= 0 ? store.slots.offset(slot) : 0;
                int first = page * spec.pageSize();
                int tokens = Math.min(spec.pageSize(), layer.tokens - first);
                workers.rows.getKeys(memory, offset + store.layout.keys(head), 0, tokens, scratch, 0, rowBytes);
                workers.codec.decode(scratch, 0, rows[0], 0, tokens * spec.headDim());
                workers.rows.getValues(memory, offset + store.layout.values(head), 0, tokens, scratch, 0, rowBytes);
                workers.codec.decode(scratch, 0, rows[1], 0, tokens * spec.headDim());
                for (int token = 0; token < tokens; token++) {
                    packed.put(first + token, rows[0], token * spec.headDim(), rows[1], token * spec.headDim());
                }
            });
        }
        return packed;
    }

    /** Evicted pages, read without becoming resident; null for the others. */
    private MemorySegment[] stageEvicted(PageTable<Backup> group, Arena arena) throws IOException {
        var staged = new MemorySegment[group.pages()];
        for (int page = 0; page < group.pages(); page++) {
            if (!group.isResident(page)) {
                staged[page] = arena.allocate(store.layout.slotBytes());
                store.backups.read(group.requireBackup(page), staged[page], 0);
            }
        }
        return staged;
    }

    private void attendHead(
            LayerPages layer,
            int kvHead,
            PackedKeyValues packed,
            HostTensor queries,
            HostTensor output,
            int firstRow,
            int count,
            CausalAttention.State[] states) {
        int perItem = attention.itemPositions();
        int width = spec.queryHeadsPerKvHead() * spec.headDim();
        int start = layer.tokens - count;
        int items = Math.ceilDiv(count, perItem);
        long headOffset = (long) kvHead * width * spec.elementType().bytes();
        workers.pool.forEach(items, (item, worker) -> {
            var state = states[worker];
            if (state == null) {
                state = attention.newState(perItem);
                states[worker] = state;
            }
            // The last positions have the most keys: the longest items go first.
            int from = (items - 1 - item) * perItem;
            int positions = Math.min(perItem, count - from);
            var rows = new float[positions * width];
            for (int i = 0; i < positions; i++) {
                long at = (long) (firstRow + from + i) * queries.rowBytes() + headOffset;
                workers.codec.decode(queries.memory(), at, rows, i * width, width);
            }
            attention.attend(packed, start + from, positions, rows, 0, width, rows, 0, width, state);
            for (int i = 0; i < positions; i++) {
                long at = (long) (firstRow + from + i) * output.rowBytes() + headOffset;
                workers.codec.encode(rows, i * width, output.memory(), at, width);
            }
        });
    }
}
