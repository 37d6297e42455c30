package io.arkvale.llama.config;

/**
 * How a block's linear layers are stored.
 *
 * @param queryKeyValueBias whether queries, keys and values have biases
 * @param outputBias whether attention's output has one
 * @param feedForwardBias whether the feed-forward's three have
 * @param fused whether query, key and value are one tensor, and gate and up another
 */
public record Projections(boolean queryKeyValueBias, boolean outputBias, boolean feedForwardBias, boolean fused) {

    /** Llama's: each a tensor of its own, without biases. */
    public static final Projections PLAIN = new Projections(false, false, false, false);
}
