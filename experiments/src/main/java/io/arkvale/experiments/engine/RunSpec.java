package io.arkvale.experiments.engine;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyChoice;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.bound.Full;
import io.arkvale.experiments.policy.recall.ArkVale;
import io.arkvale.llama.attention.AttentionShape;

/**
 * One way of continuing a context.
 *
 * @param choice the policy and its options
 * @param budget tokens a KV head of a limited layer may hold; means nothing to full attention
 * @param denseLayers first layers that keep everything
 */
public record RunSpec(PolicyChoice choice, int budget, int denseLayers) {
    /**
     * Checks that the policy can work with the budget, before any work starts.
     *
     * @throws UserException if it cannot; says what it needs
     * @throws io.arkvale.api.ImmediateException likewise, for settings of a cache
     */
    public void check(AttentionShape shape) {
        if (budget < 1) {
            throw new UserException("budget is " + budget + "; allowed: at least 1 token");
        }
        if (denseLayers < 0 || denseLayers > shape.layers()) {
            throw new UserException("dense layers are " + denseLayers + "; allowed: 0 to " + shape.layers());
        }
        switch (choice.policy()) {
            case Full full -> {}
            case ArkVale arkVale -> {
                var sequence = ArkVale.sequence(choice.settings(), budget, denseLayers);
                ArkVale.cache(choice.settings(), shape.layers(), shape.queryHeads(), shape.kvHeads(), shape.headDim())
                        .roomFor(sequence, 1, 1)
                        .build();
            }
            case TokenPolicy policy -> {
                if (denseLayers < shape.layers()) {
                    policy.begin(setting(shape, denseLayers));
                }
            }
            default -> throw new IllegalArgumentException("the engine cannot run policy " + choice.label());
        }
    }

    /** Whether a layer keeps and attends to everything. */
    boolean isDense(int layer) {
        return choice.policy() instanceof Full || layer < denseLayers;
    }

    /** Whether the policy reads the attention of all of the context's tokens. */
    boolean readsAllRows() {
        return choice.policy() instanceof TokenPolicy policy && policy.readsAllRows(choice.settings());
    }

    /** What a token policy is told in a layer. */
    LayerSetting setting(AttentionShape shape, int layer) {
        return new LayerSetting(
                shape.queryHeads(),
                shape.kvHeads(),
                shape.headDim(),
                layer - denseLayers,
                shape.layers() - denseLayers,
                budget,
                choice.settings());
    }
}
