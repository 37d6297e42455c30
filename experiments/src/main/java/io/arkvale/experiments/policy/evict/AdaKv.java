package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import java.util.Arrays;
import java.util.List;

/**
 * SnapKV with a budget that the heads of a layer share: the best tokens of all heads together, but no head less than a
 * share of its own (Feng et al., "Ada-KV", 2024).
 */
public final class AdaKv implements TokenPolicy {
    private static final PolicyOption SAFEGUARD =
            PolicyOption.real("safeguard", 0.2, 0, 1, "share of an equal budget that each head has for sure");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.ada-kv",
            "as SnapKV, with a budget that a layer's heads share",
            "Feng et al., Ada-KV: Optimizing KV Cache Eviction by Adaptive Budget Allocation, 2024",
            List.of(Ability.EVICTS, Ability.PREFILL_SCORES, Ability.GROWS),
            List.of(WindowVote.WINDOW, WindowVote.KERNEL, WindowVote.POOL, SAFEGUARD));

    /** The policy. */
    public AdaKv() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var vote = WindowVote.of(this, setting);
        return vote.keeping(context -> keep(setting, vote, context));
    }

    private static int[][] keep(LayerSetting setting, WindowVote vote, ContextView context) {
        var earlier = Math.max(0, context.tokens() - vote.window());
        var heads = setting.kvHeads();
        var room = Math.min(earlier, setting.budget() - vote.window());
        var votes = new double[heads * earlier];
        for (int head = 0; head < heads; head++) {
            System.arraycopy(vote.votes(context, head), 0, votes, head * earlier, earlier);
        }
        var sure = (int) (room * setting.options().real(SAFEGUARD.name()));
        var safe = new boolean[votes.length];
        for (int head = 0; head < heads; head++) {
            var from = head * earlier;
            for (int token : TokenSets.best(earlier, sure, i -> votes[from + i])) {
                safe[from + token] = true;
            }
        }
        var best = TokenSets.best(votes.length, heads * room, i -> safe[i] ? Double.POSITIVE_INFINITY : votes[i]);
        var kept = new int[heads][];
        for (int head = 0; head < heads; head++) {
            var from = head * earlier;
            var own = Arrays.stream(best)
                    .filter(i -> i >= from && i < from + earlier)
                    .map(i -> i - from)
                    .toArray();
            kept[head] = TokenSets.concat(own, TokenSets.range(earlier, context.tokens()));
        }
        return kept;
    }
}
