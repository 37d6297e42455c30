package io.arkvale.kernels.attention;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.primitive.VectorExp2;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** The online softmax of one query head. */
final class VectorSoftmax {
    /** For each bit of a lane's number: the exchange of the lanes that have it set with the others. */
    private static final VectorShuffle<Float> FLIP_0 = flip(1);

    private static final VectorShuffle<Float> FLIP_1 = flip(2);
    private static final VectorShuffle<Float> FLIP_2 = flip(4);
    private static final VectorShuffle<Float> FLIP_3 = flip(8);

    private VectorSoftmax() {}

    private static VectorShuffle<Float> flip(int bit) {
        // On a machine with fewer lanes the exchange does not exist and is not used.
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ bit) % LANES);
    }

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
            top = top.max(top.rearrange(FLIP_3));
        }
        if (LANES > 4) {
            top = top.max(top.rearrange(FLIP_2));
        }
        top = top.max(top.rearrange(FLIP_1));
        return top.max(top.rearrange(FLIP_0)).lane(0);
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
            sum = sum.add(sum.rearrange(FLIP_3));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(FLIP_2));
        }
        sum = sum.add(sum.rearrange(FLIP_1));
        return sum.add(sum.rearrange(FLIP_0)).lane(0);
    }
}
