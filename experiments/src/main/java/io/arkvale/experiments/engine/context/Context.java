package io.arkvale.experiments.engine.context;

import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.rope.Rope;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * A prefilled context, shared by all runs that continue it and changed by none of them.
 *
 * @param shape the model's shape
 * @param rope turns keys and queries to other positions
 * @param store keys and values of all tokens, and each layer's last queries
 * @param queries of the last tokens, or of all
 * @param token the token at each position
 * @param bytes what a token stands for
 * @param modelScores what passes of the model after the prefill tell, for policies that ask
 */
public record Context(
        AttentionShape shape,
        Rope rope,
        KeyValueStore store,
        ContextQueries queries,
        IntUnaryOperator token,
        IntFunction<byte[]> bytes,
        ModelScores modelScores) {
    /** The same with what the model alone can tell. */
    public Context with(ModelScores scores) {
        return new Context(shape, rope, store, queries, token, bytes, scores);
    }

    public int tokens() {
        return store.length();
    }

    /** The bytes of the token at a position. */
    public byte[] text(int position) {
        return bytes.apply(token.applyAsInt(position));
    }

    public PackedKeyValues keyValues(int layer, int kvHead) {
        return store.keyValues(layer, kvHead);
    }

    /** {@code [queryHeads][headDim]}, rotated. */
    public float[] lastQueries(int layer) {
        return store.lastQueries(layer);
    }
}
