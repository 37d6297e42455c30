package io.arkvale.experiments.plan;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.CacheRun;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.llama.attention.AttentionShape;
import java.util.Optional;

/**
 * One way of continuing a context.
 *
 * @param choice the policy and its options
 * @param budget tokens that a KV head of a limited layer may hold; means nothing to full attention
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
        var cache = choice.policy().onCache();
        if (cache.isPresent()) {
            var sequence = cache.get().sequence(choice.settings(), budget, denseLayers);
            cache.get()
                    .cache(choice.settings(), shape.layers(), shape.queryHeads(), shape.kvHeads(), shape.headDim())
                    .roomFor(sequence, 1, 1)
                    .build();
        } else if (!isDense(denseLayers) && denseLayers < shape.layers()) {
            choice.policy().begin(setting(shape, denseLayers));
        }
    }

    /** How a cache of a backend runs the policy; nothing if the engine does. */
    public Optional<CacheRun> onCache() {
        return choice.policy().onCache();
    }

    /** Whether a layer keeps and attends to everything. */
    public boolean isDense(int layer) {
        return choice.policy().isDense() || layer < denseLayers;
    }

    /** Whether the policy reads the attention of all of the context's tokens. */
    public boolean readsAllRows() {
        return choice.policy().readsAllRows(choice.settings());
    }

    /** Whether the policy declares an ability. */
    public boolean asks(Ability ability) {
        return choice.policy().info().has(ability);
    }

    /** What a token policy is told in a layer. */
    public LayerSetting setting(AttentionShape shape, int layer) {
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
