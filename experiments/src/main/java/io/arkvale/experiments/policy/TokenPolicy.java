package io.arkvale.experiments.policy;

import java.util.Arrays;
import java.util.List;

/** A policy that the engine runs: it decides, the engine owns the tokens, attends and counts. Stateless. */
public interface TokenPolicy extends Policy {
    /** Begins the policy in one layer of one sequence. */
    LayerPolicy begin(LayerSetting setting);

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

    /** Whether it will read queries or attention of all of the context's tokens with these options: prefill costs more. */
    default boolean readsAllRows(Settings options) {
        return info().has(Ability.ALL_ROWS) || info().has(Ability.ALL_QUERIES);
    }
}
