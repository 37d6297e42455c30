package io.arkvale.llama.config;

/**
 * Factors at fixed places of the forward pass, 1 where a model has none.
 *
 * @param embedding of the embedded tokens
 * @param residual of what attention and feed-forward add
 * @param queries of the queries: a model's own scale of scores over the usual {@code 1/√headDim}
 * @param logitsDivisor what logits are divided by
 */
public record Multipliers(float embedding, float residual, float queries, float logitsDivisor) {

    /** None. */
    public static final Multipliers NONE = new Multipliers(1, 1, 1, 1);
}
