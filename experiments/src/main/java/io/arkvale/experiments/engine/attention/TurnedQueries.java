package io.arkvale.experiments.engine.attention;

import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.llama.rope.Rope;

/** Queries of one KV head's query heads, turned to the position from which a policy sees a token. */
public final class TurnedQueries {
    private static final int NOWHERE = -1;

    private final Rope rope;
    private final int queryHeads;
    private final int headDim;
    private final float[] raw;
    private final float[] turned;
    private int turnedTo = NOWHERE;

    public TurnedQueries(Rope rope, int queryHeads, int headDim) {
        this.rope = rope;
        this.queryHeads = queryHeads;
        this.headDim = headDim;
        raw = new float[queryHeads * headDim];
        turned = new float[queryHeads * headDim];
    }

    /** Takes a step's queries before RoPE, {@code [queryHeads][headDim]}. */
    public void take(float[] rawQueries, int offset) {
        var factor = (float) (1 / Math.sqrt(headDim));
        for (int i = 0; i < raw.length; i++) {
            raw[i] = rawQueries[offset + i] * factor;
        }
        turnedTo = NOWHERE;
    }

    /** The position from which the policy's distance sees a token of the text. */
    public static int seenFrom(LayerPolicy policy, int token, int position, int held) {
        return token + policy.distance(token, position, held);
    }

    /** Scores a key, after RoPE, from a position: one scaled score per query head, {@code stride} apart. */
    public void score(float[] key, int seenFrom, float[] scores, int at, int stride) {
        if (seenFrom != turnedTo) {
            System.arraycopy(raw, 0, turned, 0, turned.length);
            for (int head = 0; head < queryHeads; head++) {
                rope.rotate(turned, head * headDim, seenFrom);
            }
            turnedTo = seenFrom;
        }
        for (int head = 0; head < queryHeads; head++) {
            var score = 0f;
            for (int i = 0; i < headDim; i++) {
                score = Math.fma(turned[head * headDim + i], key[i], score);
            }
            scores[at + head * stride] = score;
        }
    }
}
