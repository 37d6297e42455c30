package io.arkvale.conformance.cases;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;

/** Ways to decode a step. */
public enum Route {
    /** One call a layer. */
    FUSED,
    /** The five steps of each layer. */
    FIVE,
    /** The five steps, with scores of the caller's own. */
    OWN_SCORES,
    /** One call a layer, each layer but the first prefetched with guessed queries. */
    PREFETCHED_FUSED,
    /** Append and attend, each layer but the first prefetched with guessed queries. */
    PREFETCHED_FIVE;

    /** This way, or the plain one if the backend does not declare what this one needs. */
    public Route on(Capabilities capabilities) {
        return switch (this) {
            case FUSED, FIVE -> this;
            case OWN_SCORES -> capabilities.supports(Feature.OWN_SCORES) ? this : FIVE;
            case PREFETCHED_FUSED -> capabilities.supports(Feature.PREFETCH) ? this : FUSED;
            case PREFETCHED_FIVE -> capabilities.supports(Feature.PREFETCH) ? this : FIVE;
        };
    }
}
