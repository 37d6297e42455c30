package io.arkvale.experiments.policy;

import java.util.Arrays;
import java.util.List;
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

    /** Whether it will read queries or attention of all of the context's tokens with these options: prefill costs more. */
    default boolean readsAllRows(Settings options) {
        return info().has(Ability.ALL_ROWS) || info().has(Ability.ALL_QUERIES);
    }

    /**
     * Divides a sequence's budget among its limited layers and their KV heads. Asked once, before any layer keeps, of a
     * policy that declares {@link Ability#ALL_LAYERS}; each layer then reads its part from {@link ContextView#budget}.
     *
     * @param setting that of the first limited layer
     * @param layers the context in each limited layer
     * @return {@code [limitedLayers][kvHeads]}, tokens; together at most the budget times the layers and KV heads
     */
    default int[][] share(LayerSetting setting, List<ContextView> layers) {
        var equal = new int[layers.size()][setting.kvHeads()];
        for (var ofHeads : equal) {
            Arrays.fill(ofHeads, setting.budget());
        }
        return equal;
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
