package io.arkvale.kernels;

import io.arkvale.kernels.attention.AttentionKernel;
import io.arkvale.kernels.coded.CodedScoreKernel;
import io.arkvale.kernels.coded.CodedShape;
import io.arkvale.kernels.digest.DigestKernel;
import io.arkvale.kernels.digest.ScoreKernel;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;

/**
 * One way of computing everything a cache needs on the CPU. The two implementations keep the same contract; they differ
 * in speed and, within the documented error bounds, in rounding.
 *
 * <p>A kernel is made for one storage format and shape, so that nothing is decided per element. Kernels own scratch
 * memory: one belongs to one thread at a time, and a pool keeps one per worker. After being made, a kernel allocates
 * nothing. What it computes depends on its arguments alone, never on earlier calls.
 *
 * <p>Offsets and strides of memory segments are in bytes, those of arrays in elements. Segments need no alignment, and
 * every access is bounds-checked.
 */
public interface Kernels {
    /** Plain Java loops: the readable definition, and the fallback where vectors are not wanted. */
    static Kernels scalar() {
        return ScalarKernels.INSTANCE;
    }

    /** The Vector API at the machine's preferred width. */
    static Kernels vector() {
        return VectorKernels.INSTANCE;
    }

    /** The name for tables and messages, such as {@code "scalar"} or {@code "vector 512 bits"}. */
    String description();

    /** Bulk conversion of {@code format}; shared by all threads. */
    FormatCodec codec(StorageFormat format);

    /**
     * Attention of the {@code queryHeads} query heads that share one KV head.
     *
     * @param format of keys and values
     * @param queryHeads query heads per KV head, at least 1
     * @param headDim length of a key, value or query, at least 1
     * @param pageSize most tokens of a page, at least 1
     */
    AttentionKernel attention(StorageFormat format, int queryHeads, int headDim, int pageSize);

    /**
     * What the digests of a page are made of.
     *
     * @param format of the keys
     * @param headDim length of a key, at least 1
     * @param pageSize most tokens of a page, at least 1
     */
    DigestKernel digest(StorageFormat format, int headDim, int pageSize);

    /**
     * Scores of digests for the {@code queryHeads} query heads that share one KV head.
     *
     * @param format of the digests' vectors
     * @param queryHeads query heads per KV head, at least 1
     * @param headDim length of a query or digest vector, at least 1
     * @param capacity pages of a block of digests, at least 1
     */
    ScoreKernel score(StorageFormat format, int queryHeads, int headDim, int capacity);

    /**
     * Scores of digests in few bits for the {@code queryHeads} query heads that share one KV head.
     *
     * @param queryHeads query heads per KV head, at least 1
     */
    CodedScoreKernel codedScore(CodedShape shape, int queryHeads);
}
