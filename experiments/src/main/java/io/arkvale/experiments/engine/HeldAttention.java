package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.kernels.MatrixKernels;
import io.arkvale.llama.DecodeRows;
import io.arkvale.llama.Rope;
import java.util.Arrays;

/**
 * Exact softmax attention of one KV head's query heads over the tokens it holds, leaving the probabilities behind.
 * Owned by one layer of one run.
 */
final class HeldAttention {
    private final MatrixKernels kernels;
    private final Rope rope;
    private final int queryHeads;
    private final int headDim;
    private final boolean ownPositions;
    private final float[] queries;
    private final float[] rawQueries;
    private final float[] turned;
    private final float[] key;
    private float[] probabilities = new float[0];
    private int stride;
    private float[] weighted = new float[0];

    HeldAttention(MatrixKernels kernels, Rope rope, int queryHeads, int headDim, boolean ownPositions) {
        this.kernels = kernels;
        this.rope = rope;
        this.queryHeads = queryHeads;
        this.headDim = headDim;
        this.ownPositions = ownPositions;
        queries = new float[queryHeads * headDim];
        rawQueries = new float[queryHeads * headDim];
        turned = new float[queryHeads * headDim];
        key = new float[headDim];
    }

    /** Attends with the queries {@code [queryHeads][headDim]} at {@code offset}; the output goes to the same place. */
    void attend(HeldTokens held, LayerPolicy policy, int position, DecodeRows rows, float[] out, int offset) {
        if (stride < held.capacity()) {
            stride = held.capacity();
            probabilities = new float[queryHeads * stride];
            weighted = new float[queryHeads * held.valueStride()];
        }
        scale(rows.queries(), offset, queries);
        held.scores(kernels, queryHeads, queries, probabilities, 0, stride);
        if (ownPositions) {
            scale(rows.rawQueries(), offset, rawQueries);
            moveScores(held, policy, position);
        }
        for (int head = 0; head < queryHeads; head++) {
            softmax(probabilities, head * stride, held.size());
        }
        held.weighted(kernels, queryHeads, probabilities, 0, stride, weighted);
        for (int head = 0; head < queryHeads; head++) {
            System.arraycopy(weighted, head * held.valueStride(), out, offset + head * headDim, headDim);
        }
    }

    /** Probabilities of a query head of this KV head, one a slot. */
    float[] probabilities(int queryHead, int held) {
        return Arrays.copyOfRange(probabilities, queryHead * stride, queryHead * stride + held);
    }

    /** Scores again the tokens that the policy sees at another distance, with queries rotated to that distance. */
    private void moveScores(HeldTokens held, LayerPolicy policy, int position) {
        var turnedTo = -1;
        for (int slot = 0; slot < held.size(); slot++) {
            var token = held.token(slot);
            var seenFrom = token + policy.distance(token, position, held.size());
            if (seenFrom == position) {
                continue;
            }
            if (seenFrom != turnedTo) {
                System.arraycopy(rawQueries, 0, turned, 0, turned.length);
                for (int head = 0; head < queryHeads; head++) {
                    rope.rotate(turned, head * headDim, seenFrom);
                }
                turnedTo = seenFrom;
            }
            held.getKey(slot, key);
            for (int head = 0; head < queryHeads; head++) {
                var score = 0f;
                for (int i = 0; i < headDim; i++) {
                    score = Math.fma(turned[head * headDim + i], key[i], score);
                }
                probabilities[head * stride + slot] = score;
            }
        }
    }

    private void scale(float[] source, int offset, float[] target) {
        var factor = (float) (1 / Math.sqrt(headDim));
        for (int i = 0; i < target.length; i++) {
            target[i] = source[offset + i] * factor;
        }
    }

    /** Turns scores into probabilities; the sum is taken in float64. */
    static void softmax(float[] scores, int from, int count) {
        var largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, scores[i]);
        }
        var sum = 0.0;
        for (int i = from; i < from + count; i++) {
            scores[i] = (float) Math.exp(scores[i] - largest);
            sum += scores[i];
        }
        var factor = (float) (1 / sum);
        for (int i = from; i < from + count; i++) {
            scores[i] *= factor;
        }
    }
}
