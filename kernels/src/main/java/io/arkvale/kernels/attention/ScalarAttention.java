package io.arkvale.kernels.attention;

import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.primitive.ScalarMath;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/** Attention token by token. */
final class ScalarAttention implements AttentionKernel {
    private final StorageFormat format;
    private final int queryHeads;
    private final int headDim;
    private final int pageSize;
    private final float[] key;
    private final float[] value;

    ScalarAttention(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        this.format = format;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.pageSize = Shapes.atLeastOne("pageSize", pageSize);
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
            int from,
            int tokens) {
        Shapes.between("tokens", tokens, 0, pageSize);
        Shapes.between("from", from, 0, tokens);
        int bytes = format.bytes();
        for (int token = from; token < tokens; token++) {
            for (int i = 0; i < headDim; i++) {
                key[i] = format.get(keys, keysOffset + (long) Panels.index(headDim, pageSize, i, token) * bytes);
                value[i] = format.get(values, valuesOffset + (long) Panels.index(pageSize, headDim, token, i) * bytes);
            }
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
