package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.attention.AttentionState;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.spi.Attention;
import io.arkvale.spi.WorkList;
import java.util.Arrays;
import java.util.List;

/**
 * Step (e): softmax attention of single queries over chosen pages; a few drafted queries are as many single ones. The pages of
 * a head group are split at fixed counts of tokens, the splits are shared among threads and merged in order, so that the result
 * depends on the pages alone.
 */
final class DecodeAttention {
    /** Rows up to which each attends by itself: packing the pages for all of them pays for more. */
    static final int MOST_ROWS = 4;

    /** Tokens of a split: many enough to pay for a merge, few enough to share a short sequence among threads. */
    static final int SPLIT_TOKENS = 256;

    /** A run of the pages that one row attends to; filled again for every call. */
    @SuppressWarnings("NullAway.Init")
    private static final class Split {
        Attention work;
        int row;
        boolean isFirst;
        int fromPage;
        int toPage;

        /** Tokens that the row sees, counted from the attention's first. */
        int tokens() {
            return work.seen(row);
        }
    }

    private final CacheSpec spec;
    private final SlotMemory slots;
    private final PageFormat format;
    private final Workers workers;
    private final double scale;
    private final int pagesPerSplit;
    private final WorkList<Split> splits = new WorkList<>(Split::new);
    private final WorkerPool.Task attend = this::attend;
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
     * Attends from each row of the pieces of work that have few.
     *
     * @param from queries {@code [rows][queryHeads][headDim]} in the cache's element type; only rows at work are read
     * @param output of the same shape and type; only the rows and groups at work are written
     */
    void attend(List<Attention> work, HostMemory from, HostMemory output) {
        int heads = spec.kvHeadsPerGroup();
        queries.clear();
        splits.clear();
        for (int i = 0; i < work.size(); i++) {
            var part = work.get(i);
            for (int row = 0; part.rows() <= MOST_ROWS && row < part.rows(); row++) {
                queries.add(part.row() + row);
                split(part, row);
            }
        }
        queries.read(from);
        if (results.length < queries.numbers().length) {
            results = new float[queries.numbers().length];
        }
        makeStates(Math.multiplyExact(splits.size(), heads));
        workers.pool.forEach(splits.size(), attend);
        for (int item = 0; item < splits.size(); item++) {
            var split = splits.get(item);
            int first = item;
            while (item + 1 < splits.size() && !splits.get(item + 1).isFirst) {
                item++;
                for (int head = 0; head < heads; head++) {
                    states[first * heads + head].merge(states[item * heads + head]);
                }
            }
            for (int head = 0; head < heads; head++) {
                states[first * heads + head].finish(results, row(split, head));
            }
            int elements = spec.queryHeadsPerGroup() * spec.headDim();
            long at = output.at(split.work.row() + split.row)
                    + (long) split.work.group() * elements * spec.elementType().bytes();
            workers.codec.encode(results, row(split, 0), output.segment(), at, elements);
        }
    }

    private void split(Attention work, int row) {
        int pages = spec.pages(work.seen(row));
        int first = work.from(row) / spec.pageSize();
        for (int page = first; page < pages; page += pagesPerSplit) {
            var split = splits.next();
            split.work = work;
            split.row = row;
            split.isFirst = page == first;
            split.fromPage = page;
            split.toPage = Math.min(pages, page + pagesPerSplit);
        }
    }

    private void attend(int item, int number) {
        var worker = workers.get(number);
        var split = splits.get(item);
        var work = split.work;
        var pages = work.pages();
        int heads = spec.kvHeadsPerGroup();
        for (int head = 0; head < heads; head++) {
            states[item * heads + head].begin(queries.numbers(), row(split, head), scale);
        }
        var shown = worker.page;
        for (int i = split.fromPage; i < split.toPage; i++) {
            int slot = pages.slot(i);
            var memory = slot >= 0 ? slots.segment() : pages.backup(i);
            long offset = slot >= 0 ? slots.offset(slot) : 0;
            int tokens = Math.min(spec.pageSize(), split.tokens() - i * spec.pageSize());
            int from = Math.max(0, work.from(split.row) - i * spec.pageSize());
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
    private int row(Split split, int head) {
        var work = split.work;
        return queries.at(work.row() + split.row, work.group() * spec.kvHeadsPerGroup() + head);
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
