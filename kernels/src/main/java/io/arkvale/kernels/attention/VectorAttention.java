package io.arkvale.kernels.attention;

import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.kernels.sums.WeightedSums;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Attention page by page: scores, softmax, weighted values, each for all query heads in one pass over memory. */
final class VectorAttention implements AttentionKernel {
    private final WeightedSums sums;
    private final int bytes;
    private final int queryHeads;
    private final int headDim;
    private final int pageSize;
    private final int stateStride;
    private final int scoreStride;
    /** {@code [queryHeads][scoreStride]}: scores of the page's tokens, then weights. */
    private final float[] scores;

    VectorAttention(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.pageSize = Shapes.atLeastOne("pageSize", pageSize);
        sums = WeightedSums.VECTOR.of(format);
        bytes = format.bytes();
        stateStride = wholePanels(headDim);
        scoreStride = wholePanels(pageSize);
        scores = new float[Math.multiplyExact(queryHeads, scoreStride)];
    }

    private static int wholePanels(int columns) {
        return Math.multiplyExact(Math.ceilDiv(columns, Panels.WIDTH), Panels.WIDTH);
    }

    @Override
    public AttentionState newState() {
        return new AttentionState(queryHeads, headDim, stateStride);
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
        if (Shapes.between("from", from, 0, tokens) == tokens) {
            return;
        }
        score(state, keys, keysOffset, tokens);
        for (int head = 0; head < queryHeads; head++) {
            Arrays.fill(scores, head * scoreStride, head * scoreStride + from, Float.NEGATIVE_INFINITY);
            VectorSoftmax.apply(state, head, scores, head * scoreStride, tokens);
        }
        weigh(state, values, valuesOffset, tokens);
    }

    private void score(AttentionState state, MemorySegment keys, long offset, int tokens) {
        Arrays.fill(scores, 0);
        for (int token = 0; token < tokens; token += Panels.WIDTH) {
            long panel = offset + (long) token * headDim * bytes;
            int width = Panels.width(pageSize, token);
            sums.add(
                    state.queries, 0, stateStride, queryHeads, keys, panel, width, headDim, scores, token, scoreStride);
        }
    }

    private void weigh(AttentionState state, MemorySegment values, long offset, int tokens) {
        for (int column = 0; column < headDim; column += Panels.WIDTH) {
            long panel = offset + (long) column * pageSize * bytes;
            int width = Panels.width(headDim, column);
            sums.add(
                    scores,
                    0,
                    scoreStride,
                    queryHeads,
                    values,
                    panel,
                    width,
                    tokens,
                    state.weighted,
                    column,
                    stateStride);
        }
    }
}
