package io.arkvale.experiments.policy;

import java.util.Optional;

/**
 * A way of deciding which tokens take part in attention. The engine runs a {@link TokenPolicy}, a cache of a backend one
 * that has a {@link CacheRun}; one that is dense has nothing to decide.
 */
public interface Policy {
    /** What it declares about itself. */
    PolicyInfo info();

    /** Whether it keeps and attends to everything, in every layer. */
    default boolean isDense() {
        return false;
    }

    /** How a cache of a backend runs it; nothing if the engine does. */
    default Optional<CacheRun> onCache() {
        return Optional.empty();
    }

    /** Whether it knows a budget; if not, it runs once and stands for all of them. */
    default boolean knowsBudget() {
        return !isDense() && !info().has(Ability.UNBUDGETED);
    }

    /** Whether it will read {@link ContextView#attentionOfFollowing} with these options, which costs a prefill more. */
    default boolean readsAllRows(Settings options) {
        return info().has(Ability.ALL_ROWS);
    }

    /**
     * Begins the policy in one layer of one sequence that the engine runs.
     *
     * @throws UnsupportedOperationException if the engine does not run it
     */
    default LayerPolicy begin(LayerSetting setting) {
        throw new UnsupportedOperationException("the engine does not run policy " + info().name());
    }
}
