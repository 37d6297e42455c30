package io.arkvale.experiments.engine.context;

import io.arkvale.llama.rope.Rope;

/**
 * What policies may ask about a context beside its tokens; each part is computed when first asked for.
 *
 * @param lastRows attention of the last token
 * @param windows attention of the last tokens
 * @param following attention of all tokens
 * @param rope turns keys and queries to other positions
 */
public record ContextScores(LastRows lastRows, WindowAttention windows, FollowingAttention following, Rope rope) {}
