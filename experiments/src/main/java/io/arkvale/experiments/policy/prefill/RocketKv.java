package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.List;

/**
 * Two stages (Behnam et al., "RocketKV", 2025, sections 3.2 to 3.4, and the authors' code). The first evicts at the end of
 * the context as SnapKV with votes pooled over many neighbours. The second chooses tokens at each step, by the largest and
 * smallest elements of small runs of keys, of which only the query's largest elements are read ({@link RocketLayer}).
 *
 * <p>The budget is what a step reads: half of it are tokens attended to. With a context of T tokens and a budget of B the
 * compression is {@code c = T / B}; the first stage keeps {@code T / c^s} tokens, with {@code s = min(0.2 + 0.06·log2 c,
 * 0.8)} or as given, so more than the budget is held: reports show how much. The second stage compresses by what is left,
 * {@code c' = kept / B}: runs of {@code ⌈√c'⌉} tokens and {@code headDim · run / c'} elements.
 *
 * <p>Deviations: the authors take the longest answer off the first stage's tokens; here decoded tokens come on top. This is
 * the variant for one turn: what the first stage drops is gone.
 */
public final class RocketKv implements TokenPolicy {
    private static final PolicyOption KERNEL =
            PolicyOption.odd("kernel", 63, 1, 63, "neighbours over which votes are pooled");
    private static final PolicyOption POOL =
            PolicyOption.choice("pool", List.of("max", "mean"), "how votes are pooled");
    private static final PolicyOption SPLIT = new PolicyOption(
            "split",
            "auto",
            "auto, or 0 to 1",
            "the first stage compresses by the whole compression to this power; auto is 0.2 + 0.06 log2 of the whole,"
                    + " at most 0.8",
            new PolicyOption.Kind.Real(0, 1));

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.rocketkv",
            "as SnapKV, but more than the budget; attends to the tokens of runs whose extreme keys the query ranks"
                    + " high",
            "Behnam et al., RocketKV: Accelerating Long-Context LLM Inference via Two-Stage KV Cache Compression, ICML 2025",
            List.of(
                    Ability.EVICTS,
                    Ability.CHOOSES,
                    Ability.PREFILL_SCORES,
                    Ability.QUERIES,
                    Ability.KEYS,
                    Ability.GROWS),
            List.of(WindowVote.WINDOW, KERNEL, POOL, SPLIT));

    /** The policy. */
    public RocketKv() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var options = setting.options();
        var window = options.whole(WindowVote.WINDOW.name());
        TokenSets.require(this, setting, window + 1, "the window and one token more");
        var vote = new WindowVote(setting, window, options.whole(KERNEL.name()), options.is(POOL.name(), "max"));
        return new RocketLayer(setting, vote, options.is(SPLIT.name(), "auto") ? -1 : options.real(SPLIT.name()));
    }
}
