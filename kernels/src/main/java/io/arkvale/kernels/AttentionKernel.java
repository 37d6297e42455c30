package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Exact softmax attention for the query heads that share one KV head, gathered page by page into an
 * {@link AttentionState}.
 */
public interface AttentionKernel {
    /** A state for this kernel's shape, to be {@linkplain AttentionState#begin begun} before use. It may be reused. */
    AttentionState newState();

    /**
     * Attends to {@code tokens} more tokens.
     *
     * @param state made by this kernel, or by another of the same kind and shape
     * @param keys stored {@code [tokens][headDim]} from byte {@code keysOffset}
     * @param values stored {@code [tokens][headDim]} from byte {@code valuesOffset}
     * @param tokens at least 0; usually those of one page
     */
    void accumulate(
            AttentionState state,
            MemorySegment keys,
            long keysOffset,
            MemorySegment values,
            long valuesOffset,
            int tokens);
}
