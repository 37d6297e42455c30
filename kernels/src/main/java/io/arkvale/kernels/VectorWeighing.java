package io.arkvale.kernels;

import static io.arkvale.kernels.VectorDots.TILE;
import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import jdk.incubator.vector.FloatVector;

/** The second half of attention: values times weights, added to what a state has gathered. */
final class VectorWeighing {
    private VectorWeighing() {}

    /**
     * Adds {@code count} values to what {@code state} has gathered.
     *
     * @param values {@code [count][state.stride]}
     * @param weights {@code [tile][weightRows][TILE]}, the first value's in row {@code weightRow} of each tile
     */
    static void add(AttentionState state, float[] values, int count, float[] weights, int weightRow, int weightRows) {
        for (int first = 0; first < state.queryHeads; first += TILE) {
            int weight = first * weightRows + weightRow * TILE;
            for (int i = 0; i < state.stride; i += 2 * LANES) {
                if (first + TILE <= state.queryHeads) {
                    fourHeads(
                            state.weighted, state.stride, first * state.stride + i, values, i, count, weights, weight);
                } else {
                    for (int head = first; head < state.queryHeads; head++) {
                        oneHead(state, head, i, values, count, weights, weight + head - first);
                    }
                }
            }
        }
    }

    /** Four heads by two vectors: eight accumulators. */
    private static void fourHeads(
            float[] weighted, int stride, int at0, float[] values, int column, int count, float[] weights, int weight) {
        int at1 = at0 + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        var left0 = FloatVector.fromArray(FLOATS, weighted, at0);
        var left1 = FloatVector.fromArray(FLOATS, weighted, at1);
        var left2 = FloatVector.fromArray(FLOATS, weighted, at2);
        var left3 = FloatVector.fromArray(FLOATS, weighted, at3);
        var right0 = FloatVector.fromArray(FLOATS, weighted, at0 + LANES);
        var right1 = FloatVector.fromArray(FLOATS, weighted, at1 + LANES);
        var right2 = FloatVector.fromArray(FLOATS, weighted, at2 + LANES);
        var right3 = FloatVector.fromArray(FLOATS, weighted, at3 + LANES);
        for (int token = 0; token < count; token++) {
            int value = token * stride + column;
            int tile = weight + token * TILE;
            var left = FloatVector.fromArray(FLOATS, values, value);
            var right = FloatVector.fromArray(FLOATS, values, value + LANES);
            var weight0 = FloatVector.broadcast(FLOATS, weights[tile]);
            left0 = left.fma(weight0, left0);
            right0 = right.fma(weight0, right0);
            var weight1 = FloatVector.broadcast(FLOATS, weights[tile + 1]);
            left1 = left.fma(weight1, left1);
            right1 = right.fma(weight1, right1);
            var weight2 = FloatVector.broadcast(FLOATS, weights[tile + 2]);
            left2 = left.fma(weight2, left2);
            right2 = right.fma(weight2, right2);
            var weight3 = FloatVector.broadcast(FLOATS, weights[tile + 3]);
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
            AttentionState state, int head, int column, float[] values, int count, float[] weights, int weight) {
        int at = head * state.stride + column;
        var left = FloatVector.fromArray(FLOATS, state.weighted, at);
        var right = FloatVector.fromArray(FLOATS, state.weighted, at + LANES);
        for (int token = 0; token < count; token++) {
            int value = token * state.stride + column;
            var factor = FloatVector.broadcast(FLOATS, weights[weight + token * TILE]);
            left = FloatVector.fromArray(FLOATS, values, value).fma(factor, left);
            right = FloatVector.fromArray(FLOATS, values, value + LANES).fma(factor, right);
        }
        left.intoArray(state.weighted, at);
        right.intoArray(state.weighted, at + LANES);
    }
}
