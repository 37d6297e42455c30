package io.arkvale.kernels;

import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import jdk.incubator.vector.FloatVector;

/** The second half of attention: values times weights, added to what a state has gathered. */
final class VectorWeighing {
    private VectorWeighing() {}

    /**
     * Multiplies what {@code state} has gathered by {@code rescale} and adds {@code count} values.
     *
     * @param values {@code [count][state.stride]}
     * @param weights {@code [queryHeads][row]}
     * @param rescale {@code [queryHeads]}
     */
    static void add(AttentionState state, float[] values, int count, float[] weights, int row, float[] rescale) {
        int head = 0;
        for (; head <= state.queryHeads - 4; head += 4) {
            for (int i = 0; i < state.stride; i += 2 * LANES) {
                fourHeads(state, head, i, values, count, weights, row, rescale);
            }
        }
        for (; head < state.queryHeads; head++) {
            for (int i = 0; i < state.stride; i += 2 * LANES) {
                oneHead(state, head, i, values, count, weights, row, rescale);
            }
        }
    }

    /** Four heads by two vectors: eight accumulators. */
    private static void fourHeads(
            AttentionState state,
            int head,
            int column,
            float[] values,
            int count,
            float[] weights,
            int row,
            float[] rescale) {
        float[] weighted = state.weighted;
        int stride = state.stride;
        int at0 = head * stride + column;
        int at1 = at0 + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        var left0 = FloatVector.fromArray(FLOATS, weighted, at0).mul(rescale[head]);
        var left1 = FloatVector.fromArray(FLOATS, weighted, at1).mul(rescale[head + 1]);
        var left2 = FloatVector.fromArray(FLOATS, weighted, at2).mul(rescale[head + 2]);
        var left3 = FloatVector.fromArray(FLOATS, weighted, at3).mul(rescale[head + 3]);
        var right0 = FloatVector.fromArray(FLOATS, weighted, at0 + LANES).mul(rescale[head]);
        var right1 = FloatVector.fromArray(FLOATS, weighted, at1 + LANES).mul(rescale[head + 1]);
        var right2 = FloatVector.fromArray(FLOATS, weighted, at2 + LANES).mul(rescale[head + 2]);
        var right3 = FloatVector.fromArray(FLOATS, weighted, at3 + LANES).mul(rescale[head + 3]);
        int weight = head * row;
        for (int token = 0; token < count; token++) {
            var left = FloatVector.fromArray(FLOATS, values, token * stride + column);
            var right = FloatVector.fromArray(FLOATS, values, token * stride + column + LANES);
            var weight0 = FloatVector.broadcast(FLOATS, weights[weight + token]);
            left0 = left.fma(weight0, left0);
            right0 = right.fma(weight0, right0);
            var weight1 = FloatVector.broadcast(FLOATS, weights[weight + row + token]);
            left1 = left.fma(weight1, left1);
            right1 = right.fma(weight1, right1);
            var weight2 = FloatVector.broadcast(FLOATS, weights[weight + 2 * row + token]);
            left2 = left.fma(weight2, left2);
            right2 = right.fma(weight2, right2);
            var weight3 = FloatVector.broadcast(FLOATS, weights[weight + 3 * row + token]);
            left3 = left.fma(weight3, left3);
            right3 = right.fma(weight3, right3);
        }
        left0.intoArray(weighted, at0);
        left1.intoArray(weighted, at1);
        left2.intoArray(weighted, at2);
        left3.intoArray(weighted, at3);
        right0.intoArray(weighted, at0 + LANES);
        right1.intoArray(weighted, at1 + LANES);
        right2.intoArray(weighted, at2 + LANES);
        right3.intoArray(weighted, at3 + LANES);
    }

    private static void oneHead(
            AttentionState state,
            int head,
            int column,
            float[] values,
            int count,
            float[] weights,
            int row,
            float[] rescale) {
        int at = head * state.stride + column;
        var left = FloatVector.fromArray(FLOATS, state.weighted, at).mul(rescale[head]);
        var right = FloatVector.fromArray(FLOATS, state.weighted, at + LANES).mul(rescale[head]);
        for (int token = 0; token < count; token++) {
            int value = token * state.stride + column;
            var weight = FloatVector.broadcast(FLOATS, weights[head * row + token]);
            left = FloatVector.fromArray(FLOATS, values, value).fma(weight, left);
            right = FloatVector.fromArray(FLOATS, values, value + LANES).fma(weight, right);
        }
        left.intoArray(state.weighted, at);
        right.intoArray(state.weighted, at + LANES);
    }
}
