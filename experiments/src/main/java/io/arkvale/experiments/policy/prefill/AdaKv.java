package io.arkvale.experiments.policy.prefill;

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
 * SnapKV with a budget that the heads of a layer share (Feng et al., "Ada-KV", 2024, algorithm 1 and the authors' code).
 * Each head has a floor, a share of an equal budget. The rest is divided as the best tokens of all heads together fall on
 * the heads: a head of whose tokens n are among these gets {@code floor + (1 - share) · n}.
 *
 * <p>Deviations: the rounding of these numbers keeps their sum, where the authors round each one and may end a token per
 * head above or below the budget. Their code can also weight each head's votes by how concentrated they are, which is not
 * done here.
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
        return vote.keeping(context -> {
            var budgets = budgets(setting, vote, context);
            return vote.bestOfEachHead(context, head -> budgets[head]);
        });
    }

    /** Tokens of each head, its window counted. */
    private static int[] budgets(LayerSetting setting, WindowVote vote, ContextView context) {
        var earlier = Math.max(0, context.tokens() - vote.window());
        var heads = setting.kvHeads();
        var room = Math.min(earlier, setting.budget() - vote.window());
        var votes = new double[heads * earlier];
        for (int head = 0; head < heads; head++) {
            System.arraycopy(vote.votes(context, head), 0, votes, head * earlier, earlier);
        }
        var best = TokenSets.best(votes.length, heads * room, i -> votes[i]);
        var share = setting.options().real(SAFEGUARD.name());
        var floor = (int) (room * share);
        // What the floors leave, divided in the proportion of the heads' best tokens.
        var rest = heads * (room - floor);
        var budgets = new int[heads];
        var counted = 0;
        var given = 0;
        for (int head = 0; head < heads; head++) {
            var from = head * earlier;
            counted += (int) Arrays.stream(best)
                    .filter(i -> i >= from && i < from + earlier)
                    .count();
            var until = best.length == 0 ? 0 : (int) ((long) rest * counted / best.length);
            budgets[head] = vote.window() + Math.min(earlier, floor + until - given);
            given = until;
        }
        return budgets;
    }
}
