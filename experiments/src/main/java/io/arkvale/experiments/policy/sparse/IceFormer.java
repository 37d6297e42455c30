package io.arkvale.experiments.policy.sparse;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.Arrays;
import java.util.List;

/**
 * Attends to the keys nearest to each query (Mao et al., "IceFormer", 2024), with an exact search in place of the paper's
 * approximate one: on lifted keys, the nearest are those of the largest dot products.
 */
public final class IceFormer implements TokenPolicy {
    private static final PolicyOption NEAREST = new PolicyOption(
            "nearest",
            "budget",
            "budget, or 1 to 65536",
            "keys attended to; the paper takes 20",
            new PolicyOption.Kind.Whole(1, 65_536));

    private static final PolicyInfo INFO = new PolicyInfo(
            "sparse.iceformer",
            "everything; attends to each query's nearest keys, found exactly",
            "Mao et al., IceFormer: Accelerated Inference with Long-Sequence Transformers on CPUs, ICLR 2024",
            List.of(Ability.CHOOSES, Ability.EXACT_SCORES),
            List.of(NEAREST));

    /** The policy. */
    public IceFormer() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var options = setting.options();
        return new Layer(
                setting, options.is(NEAREST.name(), "budget") ? setting.budget() : options.whole(NEAREST.name()));
    }

    private record Layer(LayerSetting setting, int nearest) implements LayerPolicy {
        @Override
        public int[][] keep(ContextView context) {
            return TokenSets.same(setting.kvHeads(), TokenSets.range(0, context.tokens()));
        }

        @Override
        public int[][] choose(ChoiceStep step) {
            var chosen = new int[setting.queryHeads()][];
            Arrays.setAll(chosen, head -> {
                var scores = step.exactScores(head);
                return TokenSets.best(scores.length, nearest, token -> scores[token]);
            });
            return chosen;
        }

        @Override
        public void decoded(DecodeStep step) {}
    }
}
