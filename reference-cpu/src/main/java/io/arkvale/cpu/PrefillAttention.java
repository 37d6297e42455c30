package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.causal.CausalAttention;
import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.spi.Attention;
import org.jspecify.annotations.Nullable;

/** Causal attention of several queries, one per token, over pages; evicted ones are read where their backups lie. */
final class PrefillAttention {
    private final CacheSpec spec;
    private final SlotMemory slots;
    private final PageFormat format;
    private final Workers workers;
    private final CausalAttention attention;

    PrefillAttention(CacheSpec spec, SlotMemory slots, PageFormat format, Workers workers) {
        this.spec = spec;
        this.slots = slots;
        this.format = format;
        this.workers = workers;
        attention = workers.dense.causalAttention(spec.queryHeadsPerKvHead(), spec.headDim(), spec.attentionScale());
    }

    /** Attends from the rows of a piece of work to the tokens up to each. */
    void attend(Attention work, HostMemory queries, HostMemory output) {
        var states = new CausalAttention.@Nullable State[workers.pool.workers()];
        // One KV head at a time, so that only one head's keys and values are held in float32.
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            attendHead(work, head, pack(work, head), queries, output, states);
        }
    }

    private PackedKeyValues pack(Attention work, int head) {
        var packed = workers.dense.keyValues(spec.headDim());
        packed.reserve(work.tokens());
        int numbers = Math.multiplyExact(spec.pageSize(), spec.headDim());
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        var pages = work.pages();
        workers.pool.forEach(pages.count(), (page, number) -> {
            var worker = workers.get(number);
            var rows = new float[2][numbers];
            int slot = pages.slot(page);
            var memory = slot >= 0 ? slots.segment() : pages.backup(page);
            int first = page * spec.pageSize();
            int tokens = Math.min(spec.pageSize(), work.tokens() - first);
            format.show(memory, slot >= 0 ? slots.offset(slot) : 0, head, tokens, worker.page);
            var shown = worker.page;
            workers.rows.getKeys(shown.memory, shown.keys, 0, tokens, worker.pageRows, 0, rowBytes);
            workers.codec.decode(worker.pageRows, 0, rows[0], 0, tokens * spec.headDim());
            workers.rows.getValues(shown.memory, shown.values, 0, tokens, worker.pageRows, 0, rowBytes);
            workers.codec.decode(worker.pageRows, 0, rows[1], 0, tokens * spec.headDim());
            for (int token = 0; token < tokens; token++) {
                packed.put(first + token, rows[0], token * spec.headDim(), rows[1], token * spec.headDim());
            }
        });
        return packed;
    }

    private void attendHead(
            Attention work,
            int head,
            PackedKeyValues packed,
            HostMemory queries,
            HostMemory output,
            CausalAttention.@Nullable State[] states) {
        int count = work.rows();
        int perItem = attention.itemPositions();
        int width = spec.queryHeadsPerKvHead() * spec.headDim();
        int start = work.tokens() - count;
        int items = Math.ceilDiv(count, perItem);
        long headOffset = ((long) work.group() * spec.kvHeadsPerGroup() + head)
                * width
                * spec.elementType().bytes();
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
                long at = queries.at(work.row() + from + i) + headOffset;
                workers.codec.decode(queries.segment(), at, rows, i * width, width);
            }
            attention.attend(packed, start + from, positions, work.window(), rows, 0, width, rows, 0, width, state);
            for (int i = 0; i < positions; i++) {
                long at = output.at(work.row() + from + i) + headOffset;
                workers.codec.encode(rows, i * width, output.segment(), at, width);
            }
        });
    }
}
