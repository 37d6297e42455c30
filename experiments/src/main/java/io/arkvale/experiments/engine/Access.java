package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.PolicyInfo;
import java.util.Arrays;

/** Lets a policy see a context as far as its abilities declare. */
record Access(PolicyInfo info, int layer, Context context, LastRows lastRows, WindowAttention windows)
        implements ContextView {
    /**
     * Refuses what is not declared.
     *
     * @throws IllegalStateException if the policy does not declare the ability
     */
    void require(Ability ability) {
        if (!info.has(ability)) {
            throw new IllegalStateException(
                    "policy '" + info.shortName() + "' does not declare the ability " + ability.label());
        }
    }

    @Override
    public int tokens() {
        return context.tokens();
    }

    @Override
    public float[] lastRow(int queryHead) {
        require(Ability.LAST_ROW);
        return lastRows.of(layer, queryHead);
    }

    @Override
    public float[] attentionOfLast(int window, int queryHead) {
        require(Ability.PREFILL_SCORES);
        return windows.of(layer, queryHead, window);
    }

    @Override
    public void key(int kvHead, int token, float[] target) {
        require(Ability.KEYS);
        context.keyValues(layer, kvHead).getKey(token, target, 0);
    }

    @Override
    public float[] lastQuery(int queryHead) {
        require(Ability.QUERIES);
        var headDim = context.shape().headDim();
        return Arrays.copyOfRange(context.lastQueries(layer), queryHead * headDim, (queryHead + 1) * headDim);
    }
}
