package example;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import java.util.List;

/** Keeps the last tokens and nothing else. */
public final class RecentOnly implements TokenPolicy {
    @Override
    public PolicyInfo info() {
        return new PolicyInfo("evict.recent-only", "the last tokens", "an example", List.of(Ability.EVICTS), List.of());
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new LayerPolicy() {
            @Override
            public int[][] keep(ContextView context) {
                var first = Math.max(0, context.tokens() - setting.budget());
                return TokenSets.same(setting.kvHeads(), TokenSets.range(first, context.tokens()));
            }

            @Override
            public void decoded(DecodeStep step) {
                for (int head = 0; head < setting.kvHeads(); head++) {
                    if (step.held(head) > setting.budget()) {
                        step.evict(head, step.position() - setting.budget());
                    }
                }
            }
        };
    }
}
