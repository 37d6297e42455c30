package io.arkvale.kernels;

import static io.arkvale.kernels.Registers.FLOATS;
import static io.arkvale.kernels.Registers.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The online softmax of one query head. */
final class VectorSoftmax {
    private VectorSoftmax() {}

    /**
     * Turns scores into weights relative to the new largest score, to which it raises the state, and adds them to the
     * state's sum.
     *
     * @param scores {@code [count]} and up to a whole vector from index {@code from}: scores, then weights
     */
    static void apply(AttentionState state, int head, float[] scores, int from, int count) {
        int to = from + Math.ceilDiv(count, LANES) * LANES;
        Arrays.fill(scores, from + count, to, Float.NEGATIVE_INFINITY);
        float largest = largest(scores, from, to);
        // Written so that a NaN, which is neither, becomes the largest and is not lost.
        if (!(largest <= state.largest[head])) {
            state.raise(head, largest);
        }
        state.sum[head] += exponentiate(scores, from, to, state.largest[head]);
    }

    private static float largest(float[] scores, int from, int to) {
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
        top = top.max(top.rearrange(Lanes.FLIP_1));
        return top.max(top.rearrange(Lanes.FLIP_0)).lane(0);
    }

    /** Weights of scores relative to the largest, and their sum. */
    private static float exponentiate(float[] scores, int from, int to, float largest) {
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
        sum = sum.add(sum.rearrange(Lanes.FLIP_1));
        return sum.add(sum.rearrange(Lanes.FLIP_0)).lane(0);
    }
}
