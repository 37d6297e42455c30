package io.arkvale.llama.attention;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.Step;

/**
 * Attention through the service-provider interface for batches whose members have roles: some decode, others read their
 * prompts. The cache and the sequences stay the caller's.
 */
public final class MixedAttention implements AutoCloseable {
    private final KvCache cache;
    private final CacheRows queries;
    private final CacheRows keys;
    private final CacheRows values;
    private final CacheRows output;

    /** Attends in sequences of a cache. */
    public MixedAttention(KvCache cache) {
        this.cache = cache;
        queries = new CacheRows(cache, cache.spec().queryHeads());
        keys = new CacheRows(cache, cache.spec().kvHeads());
        values = new CacheRows(cache, cache.spec().kvHeads());
        output = new CacheRows(cache, cache.spec().queryHeads());
    }

    /** Opens a step; raises what {@link KvCache#step} raises. */
    public Pass begin(Batch batch) {
        return new Pass(cache.step(batch));
    }

    /** One step: {@link #attend} for every layer in ascending order, then {@link #commit}, and in any case {@link #close}. */
    public final class Pass implements AutoCloseable {
        private final Step step;
        private final int rows;

        private Pass(Step step) {
            this.step = step;
            rows = step.batch().rows();
        }

        /**
         * Stores every member's keys and values and attends from its queries. Rows are the members' tokens in batch order;
         * the arrays may be longer.
         *
         * @param q {@code [rows, queryHeads, headDim]}, rotated
         * @param k {@code [rows, kvHeads, headDim]}, rotated
         * @param v {@code [rows, kvHeads, headDim]}
         * @param out {@code [rows, queryHeads, headDim]}, to be written
         */
        public void attend(int layer, float[] q, float[] k, float[] v, float[] out) {
            step.forward(layer, queries.of(rows, q), keys.of(rows, k), values.of(rows, v), output.of(rows));
            output.read(rows, out);
        }

        /** The members have their tokens; raises what {@link Step#commit} raises. */
        public void commit() {
            step.commit();
        }

        /** Without {@link #commit}: the sequences are what they were before the step. */
        @Override
        public void close() {
            step.close();
        }
    }

    @Override
    public void close() {
        queries.close();
        keys.close();
        values.close();
        output.close();
    }
}
