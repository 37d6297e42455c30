package io.arkvale.conformance.rules;

/** Ways to decode a step. */
enum Route {
    /** One call a layer. */
    FUSED,
    /** The five steps of each layer. */
    FIVE,
    /** The five steps, with scores of the caller's own. */
    OWN_SCORES,
    /** One call a layer, each layer but the first prefetched with guessed queries. */
    PREFETCHED_FUSED,
    /** Append and attend, each layer but the first prefetched with guessed queries. */
    PREFETCHED_FIVE
}
