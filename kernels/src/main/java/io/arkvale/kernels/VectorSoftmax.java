package io.arkvale.kernels;

import static io.arkvale.kernels.VectorDots.TILE;
import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The online softmax of a tile of four query heads, whose scores lie side by side, token by token. */
final class VectorSoftmax {
    /** One number a lane; lane i belongs to head {@code i % TILE} of the tile. */
    private final float[] lanes = new float[LANES];

    /**
     * Turns scores into weights relative to the new largest score, to which it raises the state, and adds them to the
     * state's sums.
     *
     * @param first the tile's first query head
     * @param weights {@code [count][TILE]} from index {@code from}: scores, then weights
     */
    void apply(AttentionState state, int first, float[] weights, int from, int count) {
        int heads = Math.min(TILE, state.queryHeads - first);
        int to = from + Math.ceilDiv(count * TILE, LANES) * LANES;
        Arrays.fill(weights, from + count * TILE, to, Float.NEGATIVE_INFINITY);

        largest(weights, from, to);
        for (int head = 0; head < heads; head++) {
            float top = state.largest[first + head];
            // Written so that a NaN, which is neither, becomes the largest and is not lost.
            if (!(lanes[head] <= top)) {
                state.raise(first + head, lanes[head]);
            } else {
                lanes[head] = top;
            }
        }
        for (int lane = TILE; lane < LANES; lane++) {
            lanes[lane] = lanes[lane - TILE];
        }
        exponentiate(weights, from, to);
        for (int head = 0; head < heads; head++) {
            state.sum[first + head] += lanes[head];
        }
    }

    /** Each head's largest score, to {@link #lanes}. */
    private void largest(float[] scores, int from, int to) {
        var top = FloatVector.fromArray(FLOATS, scores, from);
        for (int i = from + LANES; i < to; i += LANES) {
            top = top.max(FloatVector.fromArray(FLOATS, scores, i));
        }
        if (LANES > 8) {
            top = top.max(top.rearrange(Lanes.FLIP_3));
        }
        if (LANES > 4) {
            top = top.max(top.rearrange(Lanes.FLIP_2));
        }
        top.intoArray(lanes, 0);
    }

    /** Weights of scores relative to {@link #lanes}, and then each head's sum of them there. */
    private void exponentiate(float[] scores, int from, int to) {
        var largest = FloatVector.fromArray(FLOATS, lanes, 0);
        var sum = FloatVector.zero(FLOATS);
        for (int i = from; i < to; i += LANES) {
            var weight =
                    VectorExp2.exp2(FloatVector.fromArray(FLOATS, scores, i).sub(largest));
            weight.intoArray(scores, i);
            sum = sum.add(weight);
        }
        if (LANES > 8) {
            sum = sum.add(sum.rearrange(Lanes.FLIP_3));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(Lanes.FLIP_2));
        }
        sum.intoArray(lanes, 0);
    }
}
