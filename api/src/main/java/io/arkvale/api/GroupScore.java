package io.arkvale.api;

/** How the scores of a head group's query heads become one score per page. */
public enum GroupScore {
    /** Arithmetic mean over the group's query heads (the paper). */
    MEAN,
    /** Largest over the group's query heads. */
    MAX,
    /** Mean over the group's query heads of the softmax, over all filled pages, of the scaled score: {@link CacheSpec#attentionScale}. */
    MEAN_SOFTMAX
}
