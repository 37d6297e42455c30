package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.Settings;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import java.util.List;

/**
 * The recent tokens and the heavy hitters: those with the most attention probability so far (Zhang et al., "H2O", 2023).
 * Each KV head on its own, over the mean of its query heads. A token that is dropped loses its score.
 */
public final class H2o implements TokenPolicy {
    private static final String RECENT = "recent";
    private static final String PREFILL_SCORES = "prefill-scores";
    private static final String ALL = "all";

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.h2o",
            "the recent tokens and those with the most attention so far",
            "Zhang et al., H2O: Heavy-Hitter Oracle for Efficient Generative Inference, NeurIPS 2023",
            List.of(Ability.EVICTS, Ability.PROBABILITIES, Ability.LAST_ROW, Ability.ALL_ROWS),
            List.of(
                    PolicyOption.real(RECENT, 0.5, 0, 1, "share of the budget for the most recent tokens"),
                    PolicyOption.choice(
                            PREFILL_SCORES,
                            List.of("last", ALL),
                            "the context's rows of attention that count: its last one, or all as in the paper")));

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public boolean readsAllRows(Settings options) {
        return options.is(PREFILL_SCORES, ALL);
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var recent = (int) Math.round(setting.budget() * setting.options().real(RECENT));
        return new Layer(setting, Math.max(1, recent));
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final int recent;
        private final TokenScores[] scores;

        Layer(LayerSetting setting, int recent) {
            this.setting = setting;
            this.recent = recent;
            scores = TokenScores.perHead(setting.kvHeads());
        }

        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            for (int head = 0; head < kept.length; head++) {
                scores[head].add(
                        setting.options().is(PREFILL_SCORES, ALL)
                                ? TokenSets.mean(
                                        context,
                                        setting,
                                        head,
                                        queryHead -> context.attentionOfFollowing(context.tokens(), queryHead))
                                : TokenSets.meanLastRow(context, setting, head));
                kept[head] = scores[head].bestAndRecent(context.tokens(), setting.budget() - recent, recent);
            }
            return kept;
        }

        @Override
        public long summaryBytes() {
            return TokenScores.totalBytes(scores);
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                scores[head].addMean(step, head, setting);
                while (step.held(head) > setting.budget()) {
                    step.evict(head, scores[head].lowestHeld(step, head, step.position() - recent));
                }
                scores[head].count(step, head);
            }
        }
    }
}
