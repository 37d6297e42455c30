package io.arkvale.llama.attention;

/** The shape of a model's attention: all that caches and policies need to know of the model. */
public interface AttentionShape {

    /** Decoder layers. */
    int layers();

    /** A multiple of {@link #kvHeads}. */
    int queryHeads();

    /** Heads that keys and values have. */
    int kvHeads();

    /** Numbers of one head's query, key or value; even, since RoPE turns pairs. */
    int headDim();

    /** Query heads that share a KV head. */
    default int queryHeadsPerKvHead() {
        return queryHeads() / kvHeads();
    }

    /** Numbers of a token's queries: {@code queryHeads · headDim}. */
    default int queryWidth() {
        return queryHeads() * headDim();
    }

    /** Numbers of a token's keys, or values, in one layer: {@code kvHeads · headDim}. */
    default int kvWidth() {
        return kvHeads() * headDim();
    }
}
