package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;

/** Attention token by token. */
final class ScalarAttention implements AttentionKernel {
    private final FormatCodec codec;
    private final int queryHeads;
    private final int headDim;
    private final float[] key;
    private final float[] value;

    ScalarAttention(FormatCodec codec, int queryHeads, int headDim) {
        this.codec = codec;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        key = new float[headDim];
        value = new float[headDim];
    }

    @Override
    public AttentionState newState() {
        return new AttentionState(queryHeads, headDim, headDim);
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
        for (int token = 0; token < tokens; token++) {
            codec.decode(keys, keysOffset + token * row, key, 0, headDim);
            codec.decode(values, valuesOffset + token * row, value, 0, headDim);
            for (int head = 0; head < queryHeads; head++) {
                accumulateToken(state, head);
            }
        }
    }

    private void accumulateToken(AttentionState state, int head) {
        int at = head * headDim;
        float score = ScalarMath.dot(state.queries, at, key, headDim);
        if (score > state.largest[head]) {
            state.raise(head, score);
        }
        float weight = AttentionState.powerOfTwo(score - state.largest[head]);
        state.sum[head] += weight;
        for (int i = 0; i < headDim; i++) {
            state.weighted[at + i] += weight * value[i];
        }
    }
}
