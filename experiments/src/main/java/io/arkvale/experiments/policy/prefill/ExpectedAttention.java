package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.Settings;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import java.util.List;

/**
 * The tokens that queries to come can be expected to attend to (Devoto et al., "Expected Attention", 2025, equations 5 to
 * 8, and kvpress). Queries before RoPE are taken as normal, with the mean and covariance of the context's; turned by the
 * mean rotation of the next positions. A key's expected weight is then {@code exp(μ·k/√d + kᵀΣk/2d)}, normalised over the
 * context for each query head, averaged over the query heads of a KV head, and multiplied by the length of the value.
 * The first tokens are always kept, and their queries do not count.
 *
 * <p>Deviation: tokens that are decoded come on top, where the paper can evict among them too.
 */
public final class ExpectedAttention implements TokenPolicy {
    private static final PolicyOption SINK = PolicyOption.whole(
            "sink", 4, 0, 4096, "first tokens, which are always kept and whose queries do not count");
    private static final PolicyOption FUTURE =
            PolicyOption.whole("future", 512, 1, 65_536, "next positions over which the rotation is averaged");
    private static final PolicyOption COVARIANCE = PolicyOption.choice(
            "covariance", List.of("yes", "no"), "whether the spread of the queries counts, or their mean alone");
    private static final PolicyOption VALUES =
            PolicyOption.choice("values", List.of("yes", "no"), "whether weights are multiplied by the value's length");
    private static final PolicyOption EPSILON = PolicyOption.real(
            "epsilon", 0, 0, 1, "added to each weight before the value's length multiplies it, as kvpress can");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.expected-attention",
            "the tokens that queries like the context's can be expected to attend to",
            "Devoto et al., Expected Attention: KV Cache Compression by Estimating Attention from Future Queries"
                    + " Distribution, 2025",
            List.of(Ability.EVICTS, Ability.KEYS, Ability.VALUES, Ability.ALL_QUERIES, Ability.GROWS),
            List.of(SINK, FUTURE, COVARIANCE, VALUES, EPSILON));

    /** The policy. */
    public ExpectedAttention() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        TokenSets.require(this, setting, setting.options().whole(SINK.name()) + 1, "first tokens and one more");
        return new LayerPolicy() {
            @Override
            public int[][] keep(ContextView context) {
                if (context.tokens() <= setting.budget()) {
                    return TokenSets.same(setting.kvHeads(), TokenSets.range(0, context.tokens()));
                }
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

    private static double[] scores(LayerSetting setting, ContextView context, int kvHead) {
        var options = setting.options();
        var sink = options.whole(SINK.name());
        var queryHeads = setting.queryHeadsPerKvHead();
        var scores = new double[context.tokens()];
        for (int i = 0; i < queryHeads; i++) {
            var queries = QueryStatistics.of(context, kvHead * queryHeads + i, setting.headDim(), sink);
            queries.turn(context, context.tokens(), options.whole(FUTURE.name()));
            addWeights(scores, context, kvHead, queries, options, 1.0 / queryHeads);
        }
        var value = new float[setting.headDim()];
        for (int token = 0; token < scores.length; token++) {
            if (token < sink) {
                scores[token] = Double.POSITIVE_INFINITY;
            } else if (options.is(VALUES.name(), "yes")) {
                context.value(kvHead, token, value);
                scores[token] = (scores[token] + options.real(EPSILON.name())) * QueryStatistics.length(value);
            }
        }
        return scores;
    }

    /** Adds the normalised weights of one query head, each times {@code factor}. */
    private static void addWeights(
            double[] scores,
            ContextView context,
            int kvHead,
            QueryStatistics queries,
            Settings options,
            double factor) {
        var sink = options.whole(SINK.name());
        var covariance = options.is(COVARIANCE.name(), "yes");
        var key = new float[queries.headDim()];
        var logits = new double[scores.length];
        var largest = Double.NEGATIVE_INFINITY;
        for (int token = sink; token < logits.length; token++) {
            context.key(kvHead, token, key);
            logits[token] = queries.expectedLogit(key, covariance);
            largest = Math.max(largest, logits[token]);
        }
        var sum = 0.0;
        for (int token = sink; token < logits.length; token++) {
            logits[token] = Math.exp(logits[token] - largest);
            sum += logits[token];
        }
        for (int token = sink; token < logits.length; token++) {
            scores[token] += factor * logits[token] / sum;
        }
    }
}
