package io.arkvale.llama.weights;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of one decoder block; a norm that the family does not have is null.
 *
 * @param attentionNorm of what attention reads, hidden wide
 * @param query {@code [queryHeads · headDim, hidden]}
 * @param key {@code [kvHeads · headDim, hidden]}
 * @param value {@code [kvHeads · headDim, hidden]}
 * @param queryNorm of queries before rotation: of each head, or of all together
 * @param keyNorm of keys, likewise
 * @param output {@code [hidden, queryHeads · headDim]}
 * @param afterAttention of what attention adds, hidden wide
 * @param feedForwardNorm of what the feed-forward reads, hidden wide
 * @param gate {@code [intermediate, hidden]}
 * @param up {@code [intermediate, hidden]}
 * @param down {@code [hidden, intermediate]}
 * @param afterFeedForward of what the feed-forward adds, hidden wide
 */
public record BlockWeights(
        @Nullable RmsNorm attentionNorm,
        Linear query,
        Linear key,
        Linear value,
        @Nullable RmsNorm queryNorm,
        @Nullable RmsNorm keyNorm,
        Linear output,
        @Nullable RmsNorm afterAttention,
        @Nullable RmsNorm feedForwardNorm,
        Linear gate,
        Linear up,
        Linear down,
        @Nullable RmsNorm afterFeedForward) {}
