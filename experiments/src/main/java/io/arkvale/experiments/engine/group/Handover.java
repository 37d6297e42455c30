package io.arkvale.experiments.engine.group;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.KeyValueStore;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

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
        var tokens = store.length();
        var entries = sequences.stream()
                .map(sequence -> new Batch.Entry(sequence, tokens))
                .toList();
        var rows = Math.min(CHUNK, tokens);
        var keyRows = new float[rows * shape.kvWidth()];
        var valueRows = new float[rows * shape.kvWidth()];
        try (var step = cache.step(new Batch(entries));
                var queries = cache.allocateQueries(sequences.size());
                var keys = cache.allocateKeys(rows * sequences.size());
                var values = cache.allocateKeys(rows * sequences.size())) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                for (int from = 0; from < tokens; from += rows) {
                    var count = Math.min(rows, tokens - from);
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
                for (int i = 0; i < sequences.size(); i++) {
                    queries.copyFrom(i, 1, MemorySegment.ofArray(store.lastQueries(layer)));
                }
                step.finishPrefill(layer, queries);
            }
            step.commit();
        }
    }
}
