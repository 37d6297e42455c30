package io.arkvale.experiments.simulate.cost;

import io.arkvale.experiments.simulate.CacheSetting;
import io.arkvale.experiments.simulate.description.LanguageModel;

/** Policies that drop tokens for good and keep as many as the budget. */
final class EvictionCost {
    /** Scores written, read and written as probabilities, and read. */
    private static final int PROBABILITY_PASSES = 4;

    /** Reading the probabilities into a sum or mean over heads, and keeping it. */
    private static final int SCORE_LAUNCHES = 2;

    /** Finding the least, and overwriting it. */
    private static final int EVICT_LAUNCHES = 2;

    private EvictionCost() {}

    /** Keys are kept without RoPE and rotated each step by their place in the cache: read, and written to be read again. */
    static LayerCost streamingLlm(LanguageModel model, CacheSetting setting) {
        var tokens = setting.budget();
        return LayerCost.plain(
                KernelWork.of(
                        tokens * (model.tokenBytes() + 2 * model.keyBytes()),
                        tokens * model.attentionOperations(),
                        Launches.ATTENTION + 1),
                tokens * model.tokenBytes());
    }

    /** What was chosen at the end of the context is attended to, and nothing is decided any more. */
    static LayerCost atPrefill(LanguageModel model, CacheSetting setting) {
        return LayerCost.plain(PolicyCost.attention(model, setting.budget()), setting.budget() * model.tokenBytes());
    }

    /** Heads of two kinds have lists of two lengths: attention is issued once for each kind. */
    static LayerCost duoAttention(LanguageModel model, CacheSetting setting) {
        var tokens = setting.budget();
        return LayerCost.plain(
                KernelWork.of(
                        tokens * model.tokenBytes(), tokens * model.attentionOperations(), 2 * Launches.ATTENTION),
                tokens * model.tokenBytes());
    }

    /** All kept keys are compared with the sum of their directions, one vector per KV head in 32 bits. */
    static LayerCost keyDiff(LanguageModel model, CacheSetting setting) {
        var tokens = setting.budget();
        var elements = (double) model.kvHeads() * model.headDim();
        return new LayerCost(
                KernelWork.NONE,
                // A product with the sum, and one with itself.
                KernelWork.of(tokens * model.keyBytes(), 4 * tokens * elements, SCORE_LAUNCHES),
                KernelWork.of(0, 0, EVICT_LAUNCHES),
                KernelWork.NONE,
                PolicyCost.attention(model, tokens),
                tokens * model.tokenBytes(),
                elements * Float.BYTES,
                0);
    }

    /** One sum of probabilities per KV head and token, in 32 bits. */
    static LayerCost h2o(LanguageModel model, CacheSetting setting) {
        var sums = (double) setting.budget() * model.kvHeads() * Float.BYTES;
        return seeing(model, setting, setting.budget() * model.probabilityBytes() + 2 * sums, sums);
    }

    /** The mean of the last row over all heads. */
    static LayerCost tova(LanguageModel model, CacheSetting setting) {
        return seeing(model, setting, setting.budget() * model.probabilityBytes(), 0);
    }

    private static LayerCost seeing(LanguageModel model, CacheSetting setting, double scoreBytes, double summaries) {
        var tokens = setting.budget();
        return new LayerCost(
                KernelWork.NONE,
                KernelWork.of(scoreBytes, 0, SCORE_LAUNCHES),
                KernelWork.of(0, 0, EVICT_LAUNCHES),
                KernelWork.NONE,
                KernelWork.of(
                        tokens * (model.tokenBytes() + PROBABILITY_PASSES * model.probabilityBytes()),
                        tokens * model.attentionOperations(),
                        Launches.SEEN_ATTENTION),
                tokens * model.tokenBytes(),
                summaries,
                0);
    }
}
