package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import java.util.List;

/**
 * The tokens that the newest query attends to most, over the mean of all heads: one set for the whole layer, with no
 * place kept for initial or recent tokens (Oren et al., "Transformers are Multi-State RNNs", 2024).
 */
public final class Tova implements TokenPolicy {
    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.tova",
            "the tokens that the last query attends to most, one set per layer",
            "Oren et al., Transformers are Multi-State RNNs, EMNLP 2024",
            List.of(Ability.EVICTS, Ability.PROBABILITIES, Ability.LAST_ROW),
            List.of());

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new Layer(setting, new TokenScores());
    }

    private record Layer(LayerSetting setting, TokenScores scores) implements LayerPolicy {
        @Override
        public int[][] keep(ContextView context) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                scores.add(TokenSets.meanLastRow(context, setting, head));
            }
            return TokenSets.same(setting.kvHeads(), scores.bestAndRecent(context.tokens(), setting.budget(), 0));
        }

        @Override
        public void decoded(DecodeStep step) {
            if (step.held(0) <= setting.budget()) {
                return;
            }
            scores.clear();
            for (int head = 0; head < setting.kvHeads(); head++) {
                scores.addMean(step, head, setting);
            }
            var dropped = scores.lowestHeld(step, 0, step.position());
            for (int head = 0; head < setting.kvHeads(); head++) {
                step.evict(head, dropped);
            }
        }
    }
}
