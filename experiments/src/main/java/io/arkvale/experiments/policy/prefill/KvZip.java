package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.List;

/**
 * The tokens that get the most attention at once while the model reads the context a second time (Kim et al., "KVzip",
 * 2025, section 3 and the authors' code): what helps to rebuild the context helps with any question. The best of all heads
 * of all layers are kept, so that the budget moves between heads and layers; with {@code level=head} each head has the same.
 *
 * <p>Deviations: the first tokens are always kept, as in kvpress, where the authors keep the system prompt. Layers without
 * a budget keep everything and take no part in the division.
 */
public final class KvZip implements TokenPolicy {
    private static final PolicyOption SINK =
            PolicyOption.whole("sink", 4, 0, 4096, "first tokens that are always kept");
    private static final PolicyOption LEVEL = PolicyOption.choice(
            "level", List.of("all", "head"), "which heads share one budget: those of all layers, or each head alone");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.kvzip",
            "the tokens with the most attention while the model repeats the context, best of all heads and layers",
            "Kim et al., KVzip: Query-Agnostic KV Cache Compression with Context Reconstruction, NeurIPS 2025",
            List.of(Ability.EVICTS, Ability.REPETITION, Ability.ALL_LAYERS, Ability.GROWS),
            List.of(SINK, LEVEL));

    /** The policy. */
    public KvZip() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public int[][] share(LayerSetting setting, List<ContextView> layers) {
        var budgets = TokenPolicy.super.share(setting, layers);
        var tokens = layers.getFirst().tokens();
        if (tokens <= setting.budget() || setting.options().is(LEVEL.name(), "head")) {
            return budgets;
        }
        var heads = setting.kvHeads();
        var scores = new double[Math.multiplyExact(layers.size() * heads, tokens)];
        for (int layer = 0; layer < layers.size(); layer++) {
            for (int head = 0; head < heads; head++) {
                var own = scores(setting, layers.get(layer), head);
                System.arraycopy(own, 0, scores, (layer * heads + head) * tokens, tokens);
            }
        }
        var counts = new int[layers.size() * heads];
        for (int i : TokenSets.best(scores.length, setting.budget() * counts.length, i -> scores[i])) {
            counts[i / tokens]++;
        }
        for (int i = 0; i < counts.length; i++) {
            budgets[i / heads][i % heads] = counts[i];
        }
        return budgets;
    }

    private static double[] scores(LayerSetting setting, ContextView context, int kvHead) {
        var attention = context.repetition(kvHead);
        var sink = setting.options().whole(SINK.name());
        var scores = new double[attention.length];
        for (int token = 0; token < scores.length; token++) {
            scores[token] = token < sink ? Double.POSITIVE_INFINITY : attention[token];
        }
        return scores;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        TokenSets.require(this, setting, setting.options().whole(SINK.name()) + 1, "first tokens and one more");
        return new LayerPolicy() {
            @Override
            public int[][] keep(ContextView context) {
                var kept = new int[setting.kvHeads()][];
                for (int head = 0; head < kept.length; head++) {
                    var scores = scores(setting, context, head);
                    kept[head] = TokenSets.best(scores.length, context.budget(head), token -> scores[token]);
                }
                return kept;
            }

            @Override
            public void decoded(DecodeStep step) {}
        };
    }
}
