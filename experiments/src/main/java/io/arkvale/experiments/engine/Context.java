package io.arkvale.experiments.engine;

import io.arkvale.kernels.PackedKeyValues;
import io.arkvale.llama.KeyValueStore;
import io.arkvale.llama.LlamaConfig;
import java.util.function.IntFunction;

/**
 * A prefilled context, shared by all runs that continue it and changed by none of them.
 *
 * @param shape the model's shape
 * @param store keys and values of all tokens, and each layer's last queries
 * @param recent queries of the last tokens, or of all
 * @param text the bytes of each token
 */
record Context(LlamaConfig shape, KeyValueStore store, RecentQueries recent, IntFunction<byte[]> text) {
    int tokens() {
        return store.length();
    }

    PackedKeyValues keyValues(int layer, int kvHead) {
        return store.keyValues(layer, kvHead);
    }

    /** {@code [queryHeads][headDim]}, rotated. */
    float[] lastQueries(int layer) {
        return store.lastQueries(layer);
    }
}
