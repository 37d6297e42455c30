package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.TokenPolicy;
import java.util.List;

/**
 * At the end of the context keeps its last tokens and those that they attend to most, smoothed over neighbours; what is
 * decoded comes on top (Li et al., "SnapKV", 2024). Each KV head on its own, over the mean of its query heads.
 */
public final class SnapKv implements TokenPolicy {
    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.snapkv",
            "the context's last tokens and those they attend to most; decoded tokens come on top",
            "Li et al., SnapKV: LLM Knows What You are Looking for Before Generation, NeurIPS 2024",
            List.of(Ability.EVICTS, Ability.PREFILL_SCORES, Ability.GROWS),
            List.of(WindowVote.WINDOW, WindowVote.KERNEL, WindowVote.POOL));

    /** The policy. */
    public SnapKv() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var vote = WindowVote.of(this, setting);
        return vote.keeping(vote::bestOfEachHead);
    }
}
