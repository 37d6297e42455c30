package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * What SnapKV and its descendants share: the context's last tokens vote with their attention for earlier ones, and a
 * vote also counts for its neighbours.
 */
record WindowVote(LayerSetting setting, int window, int kernel, boolean largest) {
    static final PolicyOption WINDOW = PolicyOption.whole("window", 32, 1, 256, "last tokens, which vote and are kept");
    static final PolicyOption KERNEL = PolicyOption.odd("kernel", 5, 1, 63, "neighbours over which votes are pooled");
    static final PolicyOption POOL = PolicyOption.choice("pool", List.of("mean", "max"), "how votes are pooled");

    static WindowVote of(TokenPolicy policy, LayerSetting setting) {
        var options = setting.options();
        var window = options.whole(WINDOW.name());
        TokenSets.require(policy, setting, window + 1, "the window and one token more");
        return new WindowVote(setting, window, options.whole(KERNEL.name()), options.is(POOL.name(), "max"));
    }

    /** A layer that keeps what is said of the context, and all that is decoded. */
    LayerPolicy keeping(Function<ContextView, int[][]> kept) {
        return new LayerPolicy() {
            @Override
            public int[][] keep(ContextView context) {
                return kept.apply(context);
            }

            @Override
            public void decoded(DecodeStep step) {}
        };
    }

    /** For each KV head the window and the best earlier tokens, in all as many as its budget in the context. */
    int[][] bestOfEachHead(ContextView context) {
        return bestOfEachHead(context, context::budget);
    }

    /** The same with other budgets, by KV head. */
    int[][] bestOfEachHead(ContextView context, IntUnaryOperator budgets) {
        var kept = new int[setting.kvHeads()][];
        var earlier = Math.max(0, context.tokens() - window);
        for (int head = 0; head < kept.length; head++) {
            var votes = votes(context, head);
            var budget = budgets.applyAsInt(head);
            kept[head] = TokenSets.concat(
                    TokenSets.best(earlier, Math.max(0, budget - window), token -> votes[token]),
                    TokenSets.range(earlier, context.tokens()));
        }
        return kept;
    }

    /** Pooled votes for the tokens before the window, mean of the KV head's query heads. */
    double[] votes(ContextView context, int kvHead) {
        var earlier = Math.max(0, context.tokens() - window);
        var sums = TokenSets.mean(context, setting, kvHead, queryHead -> context.attentionOfLast(window, queryHead));
        var pooled = new double[earlier];
        for (int token = 0; token < earlier; token++) {
            var from = Math.max(0, token - kernel / 2);
            var to = Math.min(earlier, token + kernel / 2 + 1);
            for (int near = from; near < to; near++) {
                pooled[token] = largest ? Math.max(pooled[token], sums[near]) : pooled[token] + sums[near] / kernel;
            }
        }
        return pooled;
    }
}
