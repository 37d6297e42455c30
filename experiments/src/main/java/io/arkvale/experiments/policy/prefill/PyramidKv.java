package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.Arrays;
import java.util.List;

/**
 * SnapKV with more budget in the lower layers than in the higher ones, falling by equal steps (Cai et al., "PyramidKV",
 * 2024, section 4.2 and the authors' code). A layer's share ends at the context's length: the steps then begin there, and
 * end as much higher, so that all layers together hold the same. A context within the budget is kept whole.
 *
 * <p>Deviation: shares are rounded so that they add up to the budget exactly; the authors round each one down.
 */
public final class PyramidKv implements TokenPolicy {
    private static final PolicyOption BETA =
            PolicyOption.real("beta", 20, 1, 1000, "the last layer's share is the mean share divided by this");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.pyramidkv",
            "as SnapKV, with a budget that falls from layer to layer",
            "Cai et al., PyramidKV: Dynamic KV Cache Compression based on Pyramidal Information Funneling, 2024",
            List.of(Ability.EVICTS, Ability.PREFILL_SCORES, Ability.ALL_LAYERS, Ability.GROWS),
            List.of(WindowVote.WINDOW, WindowVote.KERNEL, WindowVote.POOL, BETA));

    /** The policy. */
    public PyramidKv() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public int[][] share(LayerSetting setting, List<ContextView> layers) {
        var window = setting.options().whole(WindowVote.WINDOW.name());
        var tokens = layers.getFirst().tokens();
        var equal = TokenPolicy.super.share(setting, layers);
        var last = layers.size() - 1;
        if (tokens <= setting.budget() || last == 0) {
            return equal;
        }
        double mean = setting.budget() - window;
        var most = 2 * mean - mean / setting.options().real(BETA.name());
        most = Math.min(most, tokens - window);
        var step = 2 * (most - mean) / last;
        var before = 0L;
        for (int layer = 0; layer <= last; layer++) {
            // Rounding the sums of the first layers, and not the shares, loses nothing. The half step keeps what is
            // a whole number but for its last bits from being rounded down.
            var sum = (layer + 1) * most - step * layer * (layer + 1) / 2;
            var until = (long) Math.floor(sum + 1e-6);
            Arrays.fill(equal[layer], window + (int) (until - before));
            before = until;
        }
        return equal;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var vote = WindowVote.of(this, setting);
        return vote.keeping(vote::bestOfEachHead);
    }
}
