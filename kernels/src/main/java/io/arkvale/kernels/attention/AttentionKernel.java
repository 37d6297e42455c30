package io.arkvale.kernels.attention;

import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/**
 * Exact softmax attention for the query heads that share one KV head, gathered page by page into an
 * {@link AttentionState}.
 */
public interface AttentionKernel {
    /** Token by token, in plain loops. */
    static AttentionKernel scalar(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        return new ScalarAttention(format, queryHeads, headDim, pageSize);
    }

    /** Page by page, in the machine's vectors. */
    static AttentionKernel vector(StorageFormat format, int queryHeads, int headDim, int pageSize) {
        return new VectorAttention(format, queryHeads, headDim, pageSize);
    }

    /** A state for this kernel's shape, to be {@linkplain AttentionState#begin begun} before use. It may be reused. */
    AttentionState newState();

    /** Attends to the first {@code tokens} tokens of a page. */
    default void accumulate(
            AttentionState state,
            MemorySegment keys,
            long keysOffset,
            MemorySegment values,
            long valuesOffset,
            int tokens) {
        accumulate(state, keys, keysOffset, values, valuesOffset, 0, tokens);
    }

    /**
     * Attends to the tokens of a page from {@code from} on, before {@code tokens}.
     *
     * <p>Keys and values lie in {@linkplain Panels panels}, as {@link PageRows} stores them, with room for a whole page
     * however few tokens it holds, each followed by {@link Panels#READ_BEYOND} bytes of anything.
     *
     * @param state made by this kernel, or by another of the same kind and shape
     * @param keys stored in panels of {@code [headDim][pageSize]} from byte {@code keysOffset}
     * @param values stored in panels of {@code [pageSize][headDim]} from byte {@code valuesOffset}
     * @param from from 0 to {@code tokens}
     * @param tokens from 0 to the page size
     */
    void accumulate(
            AttentionState state,
            MemorySegment keys,
            long keysOffset,
            MemorySegment values,
            long valuesOffset,
            int from,
            int tokens);
}
