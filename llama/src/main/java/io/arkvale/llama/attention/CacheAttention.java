package io.arkvale.llama.attention;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention through the service-provider interface: keys and values live in sequences of a cache, whatever its backend,
 * budget and element type. The cache and the sequences stay the caller's.
 */
public final class CacheAttention implements PrefillAttention, DecodeAttention, AutoCloseable {
    private final KvCache cache;
    private final List<Sequence> sequences;
    private final int prefetchDistance;
    private final CacheRows queries;
    private final CacheRows keys;
    private final CacheRows values;
    private final CacheRows output;
    private final CacheRows guesses;
    private @Nullable StepReport lastReport;

    /**
     * Attends for the given sequences, which decode together; prefill is for exactly one.
     *
     * @param prefetchDistance how many layers ahead recall begins, with guessed queries; 0 for not at all
     */
    public CacheAttention(KvCache cache, List<? extends Sequence> sequences, int prefetchDistance) {
        this.cache = cache;
        this.sequences = List.copyOf(sequences);
        this.prefetchDistance = prefetchDistance;
        queries = new CacheRows(cache, cache.spec().queryHeads());
        keys = new CacheRows(cache, cache.spec().kvHeads());
        values = new CacheRows(cache, cache.spec().kvHeads());
        output = new CacheRows(cache, cache.spec().queryHeads());
        guesses = new CacheRows(cache, cache.spec().queryHeads());
    }

    /** What the last committed pass did; null before the first. */
    public @Nullable StepReport lastReport() {
        return lastReport;
    }

    @Override
    public PrefillAttention.Pass prefill(int start, int tokens) {
        if (sequences.size() != 1) {
            throw new IllegalStateException("prefill is for one sequence, not " + sequences.size());
        }
        return new Prefill(cache.step(Batch.of(sequences.getFirst(), tokens)));
    }

    @Override
    public DecodeAttention.Pass decode(int[] positions) {
        return new Decode(cache.step(Batch.decode(sequences)));
    }

    @Override
    public void close() {
        queries.close();
        keys.close();
        values.close();
        output.close();
        guesses.close();
    }

    private final class Prefill implements PrefillAttention.Pass {
        private final Step step;

        Prefill(Step step) {
            this.step = step;
        }

        @Override
        public void attend(int layer, int start, int tokens, float[] q, float[] k, float[] v, float[] out) {
            store(layer, start, tokens, q, k, v);
            output.read(tokens, out);
        }

        /** Attends all the same: a step cannot only store some of a layer's chunks. */
        @Override
        public void store(int layer, int start, int tokens, float[] q, float[] k, float[] v) {
            step.prefill(
                    layer,
                    new int[] {tokens},
                    queries.of(tokens, q),
                    keys.of(tokens, k),
                    values.of(tokens, v),
                    output.of(tokens));
        }

        @Override
        public void finishLayer(int layer, float[] lastQueries) {
            step.finishPrefill(layer, guesses.of(1, lastQueries));
        }

        @Override
        public void commit() {
            lastReport = step.commit();
        }

        @Override
        public void close() {
            step.close();
        }
    }

    private final class Decode implements DecodeAttention.Pass {
        private final Step step;

        Decode(Step step) {
            this.step = step;
        }

        @Override
        public void attend(int layer, DecodeRows rows, float[] out) {
            int count = rows.rows();
            step.decode(
                    layer,
                    queries.of(count, rows.queries()),
                    keys.of(count, rows.keys()),
                    values.of(count, rows.values()),
                    output.of(count));
            output.read(count, out);
        }

        @Override
        public int[] prefetchDistances() {
            return prefetchDistance > 0 ? new int[] {prefetchDistance} : new int[0];
        }

        @Override
        public void prefetch(int layer, int distance, float[] guessed) {
            step.prefetch(layer, guesses.of(sequences.size(), guessed));
        }

        @Override
        public void commit() {
            lastReport = step.commit();
        }

        @Override
        public void close() {
            step.close();
        }
    }
}
