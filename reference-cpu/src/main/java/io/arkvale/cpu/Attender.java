package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.kernels.AttentionState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Step (e): softmax attention of one query a sequence over chosen pages. The pages of a head group are split at fixed
 * counts of tokens, the splits are shared among threads and merged in order, so that the result depends on the pages
 * alone.
 */
final class Attender {
    /** Tokens of a split: many enough to pay for a merge, few enough to share a short sequence among threads. */
    private static final int SPLIT_TOKENS = 256;

    /** Pages of one head group to attend to, for the query in one row. */
    private static final class Work {
        final LayerPages layer;
        final int group;
        final int[] pages;
        final int row;

        Work(LayerPages layer, int group, int[] pages, int row) {
            this.layer = layer;
            this.group = group;
            this.pages = pages;
            this.row = row;
        }
    }

    /** A run of a work's pages. */
    private record Split(Work work, int fromPage, int toPage) {}

    private final CacheSpec spec;
    private final PageStore store;
    private final Workers workers;
    private final double scale;
    private final int pagesPerSplit;
    private final List<Work> works = new ArrayList<>();
    private final List<Split> splits = new ArrayList<>();
    private AttentionState[] states = new AttentionState[0];

    Attender(CacheSpec spec, PageStore store, Workers workers) {
        this.spec = spec;
        this.store = store;
        this.workers = workers;
        scale = 1 / Math.sqrt(spec.headDim());
        pagesPerSplit = Math.max(1, SPLIT_TOKENS / spec.pageSize());
    }

    /** Adds the query in {@code row} to the next {@link #run}. */
    void add(LayerPages layer, int group, int[] pages, int row) {
        var work = new Work(layer, group, pages, row);
        works.add(work);
        for (int page = 0; page < pages.length; page += pagesPerSplit) {
            splits.add(new Split(work, page, Math.min(pages.length, page + pagesPerSplit)));
        }
    }

    /**
     * Attends for everything added.
     *
     * @param queries float32 {@code [rows][queryHeads][headDim]}
     * @param output the same shape, written
     */
    void run(float[] queries, float[] output) {
        int heads = spec.kvHeadsPerGroup();
        makeStates(Math.multiplyExact(splits.size(), heads));
        workers.pool.forEach(splits.size(), (item, worker) -> attend(item, queries, workers.get(worker)));
        for (int item = 0; item < splits.size(); item++) {
            var work = splits.get(item).work;
            int first = item;
            while (item + 1 < splits.size() && splits.get(item + 1).work == work) {
                item++;
                for (int head = 0; head < heads; head++) {
                    states[first * heads + head].merge(states[item * heads + head]);
                }
            }
            for (int head = 0; head < heads; head++) {
                states[first * heads + head].finish(output, row(work, head));
            }
        }
        works.clear();
        splits.clear();
    }

    private void attend(int item, float[] queries, Workers.Worker worker) {
        var split = splits.get(item);
        var work = split.work;
        var table = work.layer.groups.get(work.group);
        int heads = spec.kvHeadsPerGroup();
        for (int head = 0; head < heads; head++) {
            states[item * heads + head].begin(queries, row(work, head), scale);
        }
        for (int i = split.fromPage; i < split.toPage; i++) {
            int page = work.pages[i];
            int slot = table.slot(page);
            var slab = store.slots.slab(slot);
            long offset = store.slots.offset(slot);
            int tokens = Math.min(spec.pageSize(), work.layer.tokens - page * spec.pageSize());
            for (int head = 0; head < heads; head++) {
                worker.attention.accumulate(
                        states[item * heads + head],
                        slab,
                        offset + store.layout.keys(head),
                        slab,
                        offset + store.layout.values(head),
                        tokens);
            }
        }
    }

    /** Where in queries and output the heads of a group's KV head begin. */
    private int row(Work work, int head) {
        int kvHead = work.group * spec.kvHeadsPerGroup() + head;
        return (work.row * spec.queryHeads() + kvHead * spec.queryHeadsPerKvHead()) * spec.headDim();
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
