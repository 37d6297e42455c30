package io.arkvale.llama.attention;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.causal.CausalAttention;
import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.kernels.pool.WorkerPool;
import java.util.Arrays;
import java.util.List;

/**
 * Exact full attention over one {@link KeyValueStore} per sequence: the model as it was trained, the upper bound of every
 * policy. The bits of an output depend on its own sequence alone, not on chunks, batch or threads.
 */
public final class DenseAttention implements PrefillAttention, DecodeAttention {

    /** Keys that one decode item attends to: a fixed split, so that the number of threads does not show. */
    private static final int SPLIT = 4 * PackedKeyValues.BLOCK;

    private static final int PACK_TOKENS = 256;

    private final AttentionShape shape;
    private final WorkerPool pool;
    private final List<KeyValueStore> stores;
    private final CausalAttention kernel;
    /** One per worker, for prefill items. */
    private final CausalAttention.State[] prefillStates;
    /** One per decode item: row, KV head, split. */
    private CausalAttention.State[] decodeStates = {};

    /** Attention of the sequences whose tokens are kept in {@code stores}; row i of a decode pass belongs to store i. */
    public DenseAttention(AttentionShape shape, DenseKernels kernels, WorkerPool pool, List<KeyValueStore> stores) {
        this.shape = shape;
        this.pool = pool;
        this.stores = List.copyOf(stores);
        kernel = kernels.causalAttention(shape.queryHeadsPerKvHead(), shape.headDim());
        prefillStates = new CausalAttention.State[pool.workers()];
        Arrays.setAll(prefillStates, worker -> kernel.newState(kernel.itemPositions()));
    }

    @Override
    public PrefillAttention.Pass prefill(int start, int tokens) {
        if (stores.size() != 1) {
            throw new IllegalStateException("a prefill takes one sequence, but there are " + stores.size());
        }
        return new PrefillPass(stores.getFirst(), start, tokens);
    }

    @Override
    public DecodeAttention.Pass decode(int[] positions) {
        if (positions.length != stores.size()) {
            throw new IllegalArgumentException(positions.length + " rows for " + stores.size() + " sequences");
        }
        for (int row = 0; row < positions.length; row++) {
            requireLength(stores.get(row), positions[row]);
        }
        return new DecodePass(positions.clone());
    }

    private static void requireLength(KeyValueStore store, int start) {
        if (start != store.length()) {
            throw new IllegalArgumentException(
                    "the pass starts at position " + start + " of a sequence of " + store.length() + " tokens");
        }
    }

    private final class PrefillPass implements PrefillAttention.Pass {
        private final KeyValueStore store;
        private final int end;

        PrefillPass(KeyValueStore store, int start, int tokens) {
            requireLength(store, start);
            this.store = store;
            end = Math.addExact(start, tokens);
        }

        @Override
        public void attend(
                int layer, int start, int tokens, float[] queries, float[] keys, float[] values, float[] output) {
            store(layer, start, tokens, queries, keys, values);
            int positions = kernel.itemPositions();
            int blocks = Math.ceilDiv(tokens, positions);
            int width = shape.queryWidth();
            pool.forEach(blocks * shape.kvHeads(), (item, worker) -> {
                // The last positions see the most keys: begun first, they leave no thread alone at the end.
                int first = (blocks - 1 - item / shape.kvHeads()) * positions;
                int kvHead = item % shape.kvHeads();
                int at = first * width + kvHead * shape.queryHeadsPerKvHead() * shape.headDim();
                kernel.attend(
                        store.keyValues(layer, kvHead),
                        start + first,
                        Math.min(positions, tokens - first),
                        queries,
                        at,
                        width,
                        output,
                        at,
                        width,
                        prefillStates[worker]);
            });
        }

        @Override
        public void store(int layer, int start, int tokens, float[] queries, float[] keys, float[] values) {
            store.reserve(layer, start + tokens);
            pool.forEach(Math.ceilDiv(tokens, PACK_TOKENS), (item, worker) -> {
                int until = Math.min(tokens, (item + 1) * PACK_TOKENS);
                for (int i = item * PACK_TOKENS; i < until; i++) {
                    store.put(layer, start + i, keys, values, i * shape.kvWidth());
                }
            });
        }

        @Override
        public void finishLayer(int layer, float[] lastQueries) {
            store.setLastQueries(layer, lastQueries);
        }

        @Override
        public void commit() {
            store.commit(end);
        }

        @Override
        public void close() {
            store.rollback();
        }
    }

    private final class DecodePass implements DecodeAttention.Pass {
        private final int[] positions;
        private final int splits;

        DecodePass(int[] positions) {
            this.positions = positions;
            splits = Math.ceilDiv(Arrays.stream(positions).max().orElse(0) + 1, SPLIT);
            growStates(positions.length * shape.kvHeads() * splits);
        }

        private void growStates(int count) {
            int before = decodeStates.length;
            if (count > before) {
                decodeStates = Arrays.copyOf(decodeStates, count);
                for (int i = before; i < count; i++) {
                    decodeStates[i] = kernel.newState(1);
                }
            }
        }

        @Override
        public void attend(int layer, DecodeRows rows, float[] output) {
            int kvHeads = shape.kvHeads();
            for (int row = 0; row < positions.length; row++) {
                stores.get(row).reserve(layer, positions[row] + 1);
                stores.get(row).put(layer, positions[row], rows.keys(), rows.values(), row * shape.kvWidth());
            }
            pool.forEach(positions.length * kvHeads * splits, (item, worker) -> {
                int head = item / splits;
                int position = positions[head / kvHeads];
                int from = item % splits * SPLIT;
                if (from <= position) {
                    var store = stores.get(head / kvHeads).keyValues(layer, head % kvHeads);
                    var state = decodeStates[item];
                    kernel.begin(state, 1, rows.queries(), queryAt(head), shape.queryWidth());
                    kernel.accumulate(store, position, from, Math.min(from + SPLIT, position + 1), state);
                }
            });
            for (int head = 0; head < positions.length * kvHeads; head++) {
                var total = decodeStates[head * splits];
                for (int split = 1; split * SPLIT <= positions[head / kvHeads]; split++) {
                    kernel.merge(total, decodeStates[head * splits + split]);
                }
                kernel.finish(total, output, queryAt(head), shape.queryWidth());
            }
        }

        /** Where the queries of a row's KV head begin; heads are counted through all rows. */
        private int queryAt(int head) {
            return head * shape.queryHeadsPerKvHead() * shape.headDim();
        }

        @Override
        public void commit() {
            for (int row = 0; row < positions.length; row++) {
                stores.get(row).commit(positions[row] + 1);
            }
        }

        @Override
        public void close() {
            stores.forEach(KeyValueStore::rollback);
        }
    }
}
