package io.arkvale.experiments.engine.layer;

import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.context.ContextScores;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.PolicyInfo;
import java.util.Arrays;

/** Lets a policy see a context as far as its abilities declare. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Access(PolicyInfo info, int layer, Context context, ContextScores scores, int[] budgets)
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
    public int budget(int kvHead) {
        return budgets[kvHead];
    }

    @Override
    public float[] lastRow(int queryHead) {
        require(Ability.LAST_ROW);
        return scores.lastRows().of(layer, queryHead);
    }

    @Override
    public float[] attentionOfLast(int window, int queryHead) {
        require(Ability.PREFILL_SCORES);
        return scores.windows().of(layer, queryHead, window);
    }

    @Override
    public void key(int kvHead, int token, float[] target) {
        require(Ability.KEYS);
        context.keyValues(layer, kvHead).getKey(token, target, 0);
    }

    @Override
    public float[] attentionOfFollowing(int window, int queryHead) {
        require(Ability.ALL_ROWS);
        return scores.following().of(layer, queryHead, window);
    }

    @Override
    public void keyAt(int kvHead, int token, int position, float[] target) {
        if (!info.has(Ability.POSITIONS)) {
            require(Ability.KEYS);
        }
        context.keyValues(layer, kvHead).getKey(token, target, 0);
        scores.rope().unrotate(target, 0, token);
        scores.rope().rotate(target, 0, position);
    }

    @Override
    public void value(int kvHead, int token, float[] target) {
        require(Ability.VALUES);
        context.keyValues(layer, kvHead).getValue(token, target, 0);
    }

    @Override
    public byte[] text(int token) {
        require(Ability.TEXT);
        return context.text(token);
    }

    @Override
    public float[] lastQuery(int queryHead) {
        require(Ability.QUERIES);
        var headDim = context.shape().headDim();
        return Arrays.copyOfRange(context.lastQueries(layer), queryHead * headDim, (queryHead + 1) * headDim);
    }

    @Override
    public void rawQuery(int queryHead, int token, float[] target) {
        require(Ability.ALL_QUERIES);
        context.queries().copy(layer, token, queryHead, target, 0);
        scores.rope().unrotate(target, 0, token);
    }

    @Override
    public void turn(float[] vector, int position) {
        scores.rope().rotate(vector, 0, position);
    }

    @Override
    public float[] repetition(int kvHead) {
        require(Ability.REPETITION);
        return context.modelScores().requireRepetition()[layer][kvHead];
    }

    @Override
    public double headLoss(int kvHead) {
        require(Ability.HEAD_LOSSES);
        return context.modelScores().requireHeadLosses()[layer][kvHead];
    }
}
