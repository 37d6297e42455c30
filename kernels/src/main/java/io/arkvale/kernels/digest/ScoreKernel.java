package io.arkvale.kernels.digest;

import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/**
 * Scores of a block of pages for the query heads of one KV head (section 5.2 of the paper): no scale, no softmax.
 *
 * <p>The digests of a block lie in {@linkplain Panels panels} with a page a column and a row each of their numbers, as
 * {@link PageRows#putKeys} stores them, with room for the block's whole capacity and followed by
 * {@link Panels#READ_BEYOND} bytes of anything. The score of query head g and page i goes to index
 * {@code at + g * row + i}.
 */
public interface ScoreKernel {
    /** Page by page, in plain loops. */
    static ScoreKernel scalar(StorageFormat format, int queryHeads, int headDim, int capacity) {
        return new ScalarScore(format, queryHeads, headDim, capacity);
    }

    /** A panel of pages at a time, in the machine's vectors. */
    static ScoreKernel vector(StorageFormat format, int queryHeads, int headDim, int capacity) {
        return new VectorScore(format, queryHeads, headDim, capacity);
    }

    /** Takes the queries, float32 {@code [queryHeads][headDim]} from index {@code at}, for the calls that follow. */
    void queries(float[] queries, int at);

    /**
     * {@code sum_i max(q_i upper_i, q_i lower_i)}; a digest is {@code [upper, lower][headDim]}, upper not below lower.
     *
     * @param digests the block from byte {@code offset}
     * @param pages from 0 to the block's capacity
     */
    void cuboid(MemorySegment digests, long offset, int pages, float[] scores, int at, int row);

    /** {@code q . centroid}; a digest is {@code [headDim]}. */
    void centroid(MemorySegment digests, long offset, int pages, float[] scores, int at, int row);

    /**
     * {@code q . centre + radius * |q|}; a digest's centre is {@code [headDim]}.
     *
     * @param radii float32 {@code [pages]} from byte {@code radiiOffset}
     */
    void sphere(
            MemorySegment digests,
            long offset,
            MemorySegment radii,
            long radiiOffset,
            int pages,
            float[] scores,
            int at,
            int row);
}
