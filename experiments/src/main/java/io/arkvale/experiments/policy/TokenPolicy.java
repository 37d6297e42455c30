package io.arkvale.experiments.policy;

/** A policy that the engine runs: it decides, the engine owns the tokens, attends and counts. Stateless. */
public interface TokenPolicy extends Policy {
    /** Begins the policy in one layer of one sequence. */
    LayerPolicy begin(LayerSetting setting);

    /** Whether it will read {@link ContextView#attentionOfFollowing} with these options, which costs a prefill more. */
    default boolean readsAllRows(Settings options) {
        return info().has(Ability.ALL_ROWS);
    }
}
