package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.attention.AttentionState;
import io.arkvale.spi.Attention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Step (e): softmax attention of single queries over chosen pages; a few drafted queries are as many single ones. The pages of a head group are split at fixed counts of
 * tokens, the splits are shared among threads and merged in order, so that the result depends on the pages alone.
 */
final class DecodeAttention {
    /** Tokens of a split: many enough to pay for a merge, few enough to share a short sequence among threads. */
    static final int SPLIT_TOKENS = 256;

    /** A run of a work's pages, its first or another. */
    private record Split(Attention work, boolean isFirst, int fromPage, int toPage) {}

    private final CacheSpec spec;
    private final SlotMemory slots;
    private final PageFormat format;
    private final Workers workers;
    private final double scale;
    private final int pagesPerSplit;
    private final List<Split> splits = new ArrayList<>();
    private AttentionState[] states = new AttentionState[0];

    private final QueryRows queries;
    private float[] results = new float[0];

    DecodeAttention(CacheSpec spec, SlotMemory slots, PageFormat format, Workers workers) {
        this.spec = spec;
        this.slots = slots;
        this.format = format;
        this.workers = workers;
        scale = spec.attentionScale();
        queries = new QueryRows(spec, workers);
        pagesPerSplit = Math.max(1, SPLIT_TOKENS / spec.pageSize());
    }

    /**
     * Attends from one row for each piece of work.
     *
     * @param from queries {@code [rows][queryHeads][headDim]} in the cache's element type; only rows at work are read
     * @param output of the same shape and type; only the rows and groups at work are written
     */
    void attend(List<Attention> work, HostMemory from, HostMemory output) {
        int heads = spec.kvHeadsPerGroup();
        queries.read(work.stream().mapToInt(Attention::row), from);
        if (results.length < queries.numbers().length) {
            results = new float[queries.numbers().length];
        }
        split(work);
        makeStates(Math.multiplyExact(splits.size(), heads));
        workers.pool.forEach(splits.size(), (item, worker) -> attend(item, workers.get(worker)));
        for (int item = 0; item < splits.size(); item++) {
            var part = splits.get(item).work;
            int first = item;
            while (item + 1 < splits.size() && !splits.get(item + 1).isFirst) {
                item++;
                for (int head = 0; head < heads; head++) {
                    states[first * heads + head].merge(states[item * heads + head]);
                }
            }
            for (int head = 0; head < heads; head++) {
                states[first * heads + head].finish(results, row(part, head));
            }
            int elements = spec.queryHeadsPerGroup() * spec.headDim();
            long at = output.at(part.row())
                    + (long) part.group() * elements * spec.elementType().bytes();
            workers.codec.encode(results, row(part, 0), output.segment(), at, elements);
        }
    }

    private void split(List<Attention> work) {
        splits.clear();
        for (var part : work) {
            int pages = spec.pages(part.tokens());
            int first = part.from(0) / spec.pageSize();
            for (int page = first; page < pages; page += pagesPerSplit) {
                splits.add(new Split(part, page == first, page, Math.min(pages, page + pagesPerSplit)));
            }
        }
    }

    private void attend(int item, Workers.Worker worker) {
        var split = splits.get(item);
        var work = split.work;
        var pages = work.pages();
        int heads = spec.kvHeadsPerGroup();
        for (int head = 0; head < heads; head++) {
            states[item * heads + head].begin(queries.numbers(), row(work, head), scale);
        }
        var shown = worker.page;
        for (int i = split.fromPage; i < split.toPage; i++) {
            int slot = pages.slot(i);
            var memory = slot >= 0 ? slots.segment() : pages.backup(i);
            long offset = slot >= 0 ? slots.offset(slot) : 0;
            int tokens = Math.min(spec.pageSize(), work.tokens() - i * spec.pageSize());
            int from = Math.max(0, work.from(0) - i * spec.pageSize());
            for (int head = 0; head < heads; head++) {
                format.show(memory, offset, head, tokens, shown);
                worker.attention.accumulate(
                        states[item * heads + head],
                        shown.memory,
                        shown.keys,
                        shown.memory,
                        shown.values,
                        from,
                        tokens);
            }
        }
    }

    /** Where in queries and results the heads of a group's KV head begin. */
    private int row(Attention work, int head) {
        return queries.at(work.row(), work.group() * spec.kvHeadsPerGroup() + head);
    }

    private void makeStates(int count) {
        int made = states.length;
        if (made < count) {
            states = Arrays.copyOf(states, count);
            for (int i = made; i < count; i++) {
                states[i] = workers.get(0).attention.newState();
            }
        }
    }
}
