package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.TokenPolicy;
import java.util.List;

/**
 * SnapKV with more budget in the lower layers than in the higher ones, falling by equal steps (Cai et al., "PyramidKV",
 * 2024).
 */
public final class PyramidKv implements TokenPolicy {
    private static final PolicyOption BETA =
            PolicyOption.real("beta", 20, 1, 1000, "the last layer's share is the mean one divided by this");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.pyramidkv",
            "as SnapKV, with a budget that falls from layer to layer",
            "Cai et al., PyramidKV: Dynamic KV Cache Compression based on Pyramidal Information Funneling, 2024",
            List.of(Ability.EVICTS, Ability.PREFILL_SCORES, Ability.GROWS),
            List.of(WindowVote.WINDOW, WindowVote.KERNEL, WindowVote.POOL, BETA));

    /** The policy. */
    public PyramidKv() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var vote = WindowVote.of(this, setting);
        var budget = vote.window() + share(setting, setting.budget() - vote.window());
        return vote.keeping(context -> vote.bestOfEachHead(context, budget));
    }

    /** Tokens of this layer beside the window, where {@code mean} are the mean of all layers. */
    private static int share(LayerSetting setting, int mean) {
        if (setting.limitedLayers() == 1) {
            return mean;
        }
        var least = mean / setting.options().real(BETA.name());
        var most = 2 * mean - least;
        return (int) (most - setting.limitedLayer() * (most - least) / (setting.limitedLayers() - 1));
    }
}
