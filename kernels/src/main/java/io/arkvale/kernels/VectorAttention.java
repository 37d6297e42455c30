package io.arkvale.kernels;

import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Attention in blocks of tokens: scores, softmax, weighted values, each for all query heads in one pass. */
final class VectorAttention implements AttentionKernel {
    /** Most tokens of a block; a multiple of every number of lanes. */
    private static final int BLOCK = 32;

    private final FormatCodec codec;
    private final int queryHeads;
    private final int headDim;
    /** Holds keys, then values. */
    private final PaddedBlock block;

    private final VectorDots dots;
    /** {@code [queryHeads][BLOCK]}: scores, then weights. */
    private final float[] weights;
    /** {@code [queryHeads]}: the factor that makes what was gathered before relative to the new largest score. */
    private final float[] rescale;

    VectorAttention(FormatCodec codec, int queryHeads, int headDim) {
        this.codec = codec;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        block = new PaddedBlock(codec, headDim, BLOCK);
        dots = new VectorDots(block.stride, BLOCK);
        weights = new float[Math.multiplyExact(queryHeads, BLOCK)];
        rescale = new float[queryHeads];
    }

    @Override
    public AttentionState newState() {
        return new AttentionState(queryHeads, headDim, block.stride);
    }

    @Override
    public void accumulate(
            AttentionState state,
            MemorySegment keys,
            long keysOffset,
            MemorySegment values,
            long valuesOffset,
            int tokens) {
        long row = (long) headDim * codec.format().bytes();
        for (int token = 0; token < tokens; token += BLOCK) {
            int count = Math.min(BLOCK, tokens - token);
            block.load(keys, keysOffset + token * row, row, count);
            dots.multiply(state.queries, queryHeads, block.rows, count, weights);
            for (int head = 0; head < queryHeads; head++) {
                softmax(state, head, count);
            }
            block.load(values, valuesOffset + token * row, row, count);
            VectorWeighing.add(state, block.rows, count, weights, BLOCK, rescale);
        }
    }

    /** Turns a head's scores into weights relative to the new largest score. */
    private void softmax(AttentionState state, int head, int count) {
        int from = head * BLOCK;
        int to = from + Math.ceilDiv(count, LANES) * LANES;
        Arrays.fill(weights, from + count, to, Float.NEGATIVE_INFINITY);

        var tops = FloatVector.fromArray(FLOATS, weights, from);
        for (int i = from + LANES; i < to; i += LANES) {
            tops = tops.max(FloatVector.fromArray(FLOATS, weights, i));
        }
        float before = state.largest[head];
        float largest = Math.max(before, tops.reduceLanes(VectorOperators.MAX));

        var sums = FloatVector.zero(FLOATS);
        for (int i = from; i < to; i += LANES) {
            var weight =
                    VectorExp2.exp2(FloatVector.fromArray(FLOATS, weights, i).sub(largest));
            weight.intoArray(weights, i);
            sums = sums.add(weight);
        }
        float factor = largest == before ? 1 : AttentionState.powerOfTwo(before - largest);
        rescale[head] = factor;
        state.largest[head] = largest;
        state.sum[head] = state.sum[head] * factor + sums.reduceLanes(VectorOperators.ADD);
    }
}
