package io.arkvale.experiments.engine.group;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.KeyValueStore;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** Hands a prefill over to sequences of a cache. */
public final class Handover {
    /** Tokens handed over at once. */
    private static final int CHUNK = 2048;

    private Handover() {}

    /**
     * Gives every sequence all keys and values of a store, and ends the prefill with the store's last queries.
     *
     * @param cache of float32 elements
     * @param sequences empty ones of the cache
     */
    public static void ingest(KvCache cache, List<Sequence> sequences, AttentionShape shape, KeyValueStore store) {
        var all = new Part(0, store.length());
        ingest(
                cache,
                sequences,
                shape,
                store,
                all,
                (layer, target) -> copy(store.lastQueries(layer), target),
                layer -> {});
    }

    /**
     * Does the same in chunks, each of which ends as a prompt does: what exceeds the budget is evicted, ranked by the
     * queries of the chunk's last token, before the next one comes.
     *
     * @param chunk tokens of a chunk, at least 1
     * @param watcher is told of each layer when it has its tokens of a chunk, and again when the rest is evicted
     */
    static void ingest(KvCache cache, List<Sequence> sequences, Context context, int chunk, IntConsumer watcher) {
        var shape = context.shape();
        var tokens = context.tokens();
        for (int from = 0; from < tokens; from += Math.min(chunk, tokens - from)) {
            var part = new Part(from, Math.min(chunk, tokens - from));
            ingest(
                    cache,
                    sequences,
                    shape,
                    context.store(),
                    part,
                    (layer, target) -> {
                        for (int head = 0; head < shape.queryHeads(); head++) {
                            context.queries().copy(layer, part.end() - 1, head, target, head * shape.headDim());
                        }
                    },
                    watcher);
        }
    }

    /** Tokens of a store. */
    private record Part(int first, int tokens) {
        int end() {
            return first + tokens;
        }
    }

    /** Where the queries that end a prompt come from. */
    @FunctionalInterface
    private interface LastQueries {
        /** Writes those of a layer, {@code [queryHeads][headDim]}. */
        void copy(int layer, float[] target);
    }

    private static void copy(float[] source, float[] target) {
        System.arraycopy(source, 0, target, 0, target.length);
    }

    private static void ingest(
            KvCache cache,
            List<Sequence> sequences,
            AttentionShape shape,
            KeyValueStore store,
            Part part,
            LastQueries lastQueries,
            IntConsumer watcher) {
        var entries = sequences.stream()
                .map(sequence -> new Batch.Entry(sequence, part.tokens()))
                .toList();
        var rows = Math.min(CHUNK, part.tokens());
        var queryRow = new float[shape.queryWidth()];
        var keyRows = new float[rows * shape.kvWidth()];
        var valueRows = new float[rows * shape.kvWidth()];
        try (var step = cache.step(new Batch(entries));
                var queries = cache.allocateQueries(sequences.size());
                var keys = cache.allocateKeys(rows * sequences.size());
                var values = cache.allocateKeys(rows * sequences.size())) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                for (int from = part.first(); from < part.end(); from += rows) {
                    var count = Math.min(rows, part.end() - from);
                    store.copyKeys(layer, from, count, keyRows);
                    store.copyValues(layer, from, count, valueRows);
                    for (int i = 0; i < sequences.size(); i++) {
                        keys.copyFrom(i * count, count, MemorySegment.ofArray(keyRows));
                        values.copyFrom(i * count, count, MemorySegment.ofArray(valueRows));
                    }
                    var counts = new int[sequences.size()];
                    Arrays.fill(counts, count);
                    step.ingest(layer, counts, keys, values);
                }
                watcher.accept(layer);
                lastQueries.copy(layer, queryRow);
                for (int i = 0; i < sequences.size(); i++) {
                    queries.copyFrom(i, 1, MemorySegment.ofArray(queryRow));
                }
                step.finishPrefill(layer, queries);
                watcher.accept(layer);
            }
            step.commit();
        }
    }
}
