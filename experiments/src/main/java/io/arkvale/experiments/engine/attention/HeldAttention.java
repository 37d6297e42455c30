package io.arkvale.experiments.engine.attention;

import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.llama.attention.DecodeRows;
import io.arkvale.llama.rope.Rope;
import java.util.Arrays;

/**
 * Exact softmax attention of one KV head's query heads over the tokens it holds, leaving the probabilities behind.
 * Owned by one layer of one run.
 */
public final class HeldAttention {
    private final MatrixKernels kernels;
    private final Softmax softmax;
    private final int queryHeads;
    private final int headDim;
    private final boolean ownPositions;
    private final float[] queries;
    private final TurnedQueries turned;
    private final float[] key;
    private float[] probabilities = new float[0];
    private int stride;
    private float[] weighted = new float[0];

    public HeldAttention(DenseKernels kernels, Rope rope, int queryHeads, int headDim, boolean ownPositions) {
        this.kernels = kernels.matrix();
        softmax = new Softmax(kernels);
        this.queryHeads = queryHeads;
        this.headDim = headDim;
        this.ownPositions = ownPositions;
        queries = new float[queryHeads * headDim];
        turned = new TurnedQueries(rope, queryHeads, headDim);
        key = new float[headDim];
    }

    /** Attends with the queries {@code [queryHeads][headDim]} at {@code offset}; the output goes to the same place. */
    public void attend(HeldTokens held, LayerPolicy policy, int position, DecodeRows rows, float[] out, int offset) {
        if (stride < held.capacity()) {
            stride = held.capacity();
            probabilities = new float[queryHeads * stride];
            weighted = new float[queryHeads * held.valueStride()];
        }
        scale(rows.queries(), offset, queries);
        held.scores(kernels, queryHeads, queries, probabilities, 0, stride);
        if (ownPositions) {
            turned.take(rows.rawQueries(), offset);
            moveScores(held, policy, position);
        }
        for (int head = 0; head < queryHeads; head++) {
            softmax.apply(probabilities, head * stride, held.size());
        }
        held.weighted(kernels, queryHeads, probabilities, 0, stride, weighted);
        for (int head = 0; head < queryHeads; head++) {
            System.arraycopy(weighted, head * held.valueStride(), out, offset + head * headDim, headDim);
        }
    }

    /** Probabilities of a query head of this KV head, one per slot. */
    public float[] probabilities(int queryHead, int held) {
        return Arrays.copyOfRange(probabilities, queryHead * stride, queryHead * stride + held);
    }

    /** Scores again the tokens that the policy sees at another distance, with queries rotated to that distance. */
    private void moveScores(HeldTokens held, LayerPolicy policy, int position) {
        for (int slot = 0; slot < held.size(); slot++) {
            var seenFrom = TurnedQueries.seenFrom(policy, held.token(slot), position, held.size());
            if (seenFrom != position) {
                held.getKey(slot, key);
                turned.score(key, seenFrom, probabilities, slot, stride);
            }
        }
    }

    private void scale(float[] source, int offset, float[] target) {
        var factor = (float) (1 / Math.sqrt(headDim));
        for (int i = 0; i < target.length; i++) {
            target[i] = source[offset + i] * factor;
        }
    }
}
