package io.arkvale.experiments.policy.evict;

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
 * The first tokens and a window of the last ones, with the positions of the text; the first tokens are seen no farther
 * away than the window is long (Han et al., "LM-Infinite", 2024). The window is what the budget leaves.
 */
public final class LmInfinite implements TokenPolicy {
    private static final PolicyOption START =
            PolicyOption.whole("start", 10, 0, 4096, "initial tokens that are always kept");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.lm-infinite",
            "the first tokens, at a capped distance, and a window of the last ones",
            "Han et al., LM-Infinite: Zero-Shot Extreme Length Generalization for Large Language Models, NAACL 2024",
            List.of(Ability.EVICTS, Ability.POSITIONS),
            List.of(START));

    /** The policy. */
    public LmInfinite() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var start = setting.options().whole(START.name());
        TokenSets.require(this, setting, start + 1, "initial tokens and the newest");
        return new Layer(setting, start, setting.budget() - start);
    }

    private record Layer(LayerSetting setting, int start, int window) implements LayerPolicy {
        @Override
        public int[][] keep(ContextView context) {
            return TokenSets.same(setting.kvHeads(), TokenSets.firstAndLast(context.tokens(), start, window));
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                if (step.held(head) > setting.budget()) {
                    step.evict(head, step.position() - window);
                }
            }
        }

        @Override
        public int distance(int token, int position, int held) {
            return token < start ? Math.min(position - token, window) : position - token;
        }
    }
}
