package pause;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import java.util.List;

/** Waits for 100 ms and keeps the last tokens: a cell that takes time, but no processor. */
public final class Pause implements TokenPolicy {
    private static final int MILLISECONDS = 100;

    @Override
    public PolicyInfo info() {
        return new PolicyInfo("evict.pause", "waits", "to measure scheduling", List.of(Ability.EVICTS), List.of());
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        if (setting.limitedLayer() == 0) {
            try {
                Thread.sleep(MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
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
