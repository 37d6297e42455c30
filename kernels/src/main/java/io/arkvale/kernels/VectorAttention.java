package io.arkvale.kernels;

import static io.arkvale.kernels.VectorDots.TILE;

import java.lang.foreign.MemorySegment;

/**
 * Attention in blocks of tokens: scores, softmax, weighted values, each for all query heads in one pass. Keys and values
 * are decoded and used slab by slab, so that they are still in the first-level cache when they are used.
 */
final class VectorAttention implements AttentionKernel {
    /** Most tokens of a block; a multiple of those of every slab. */
    private static final int BLOCK = 32;

    private final int queryHeads;
    private final int headDim;
    private final long rowBytes;
    /** Holds keys, then values. */
    private final PaddedBlock slab;

    private final VectorDots dots;
    private final VectorSoftmax softmax = new VectorSoftmax();
    /** {@code [tile][BLOCK][TILE]}: scores, then weights. */
    private final float[] weights;

    VectorAttention(FormatCodec codec, int queryHeads, int headDim) {
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        rowBytes = (long) headDim * codec.format().bytes();
        slab = new PaddedBlock(codec, headDim, slabTokens(codec.format(), VectorKernels.padded(headDim)));
        dots = new VectorDots(slab.stride, slab.capacity());
        weights = new float[VectorDots.resultLength(queryHeads, BLOCK)];
    }

    /** A power of two from 4 to BLOCK. */
    private static int slabTokens(StorageFormat format, int stride) {
        // Short slabs let the memory work ahead while the last one is computed; float32 gains more from four streams,
        // which pay when they lie a page of virtual memory apart.
        int numbers = format == StorageFormat.F32 ? 4096 : 2048;
        return Math.clamp(Integer.highestOneBit(Math.max(1, numbers / stride)), 4, BLOCK);
    }

    @Override
    public AttentionState newState() {
        return new AttentionState(queryHeads, headDim, slab.stride);
    }

    @Override
    public void accumulate(
            AttentionState state,
            MemorySegment keys,
            long keysOffset,
            MemorySegment values,
            long valuesOffset,
            int tokens) {
        for (int token = 0; token < tokens; token += BLOCK) {
            int count = Math.min(BLOCK, tokens - token);
            scores(state, keys, keysOffset + token * rowBytes, count);
            for (int head = 0; head < queryHeads; head += TILE) {
                softmax.apply(state, head, weights, head * BLOCK, count);
            }
            weigh(state, values, valuesOffset + token * rowBytes, count);
        }
    }

    private void scores(AttentionState state, MemorySegment keys, long offset, int count) {
        for (int token = 0; token < count; token += slab.capacity()) {
            int part = Math.min(slab.capacity(), count - token);
            slab.load(keys, offset + token * rowBytes, rowBytes, part);
            dots.multiply(state.queries, queryHeads, slab.rows, part, weights, token, BLOCK);
        }
    }

    private void weigh(AttentionState state, MemorySegment values, long offset, int count) {
        for (int token = 0; token < count; token += slab.capacity()) {
            int part = Math.min(slab.capacity(), count - token);
            slab.load(values, offset + token * rowBytes, rowBytes, part);
            VectorWeighing.add(state, slab.rows, part, weights, token, BLOCK);
        }
    }
}
