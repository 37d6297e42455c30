package io.arkvale.experiments.policy;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tier;
import io.arkvale.experiments.policy.option.Settings;

/** How a policy runs as sequences of a cache of a backend, in place of the engine. Stateless. */
public interface CacheRun {
    /** Starts the specification of a cache for a model's shape, with what the options say of it. */
    CacheSpec.Builder cache(Settings options, int layers, int queryHeads, int kvHeads, int headDim);

    /**
     * The settings of a sequence.
     *
     * @throws io.arkvale.api.InvalidArgumentException if what the options ask for does not fit in the budget
     */
    SequenceSpec sequence(Settings options, int budget, int denseLayers);

    /**
     * The cosine of a head group's adjacent queries, mean over its query heads, from which on the last step's query chooses
     * (FreeKV, Liu et al., 2025, section 3.2, which takes 0.8 to 0.9); above 1 for never.
     */
    default double reuse(Settings options) {
        return 2;
    }

    /** Tokens of the prompt after which what exceeds the budget is evicted, at least 1; the largest number for its end alone. */
    default int prefillChunk(Settings options) {
        return Integer.MAX_VALUE;
    }

    /** Layers ahead that recall begins with guessed queries; 0 for not at all. */
    default int prefetchDistance(Settings options) {
        return 0;
    }

    /** Where backups stand: {@link Tier#HOST} or {@link Tier#DISK}. */
    default Tier backups(Settings options) {
        return Tier.HOST;
    }

    /** Equal for options whose sequences can share a cache. */
    Object cacheKey(Settings options);
}
