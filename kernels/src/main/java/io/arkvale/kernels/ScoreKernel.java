package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Scores of many pages' digests for the query heads of one KV head (section 5.2 of the paper): no scale, no softmax.
 * The digest of page i begins at byte {@code offset + i * stride}; the score of query head g and page i goes to index
 * {@code at + g * row + i}.
 */
public interface ScoreKernel {
    /** Takes the queries, float32 {@code [queryHeads][headDim]} from index {@code at}, for the calls that follow. */
    void queries(float[] queries, int at);

    /** {@code sum_i max(q_i upper_i, q_i lower_i)}; a digest is stored {@code [upper, lower][headDim]}, upper not below lower. */
    void cuboid(MemorySegment digests, long offset, long stride, int pages, float[] scores, int at, int row);

    /** {@code q . centroid}; a digest is stored {@code [headDim]}. */
    void centroid(MemorySegment digests, long offset, long stride, int pages, float[] scores, int at, int row);

    /**
     * {@code q . centre + radius * |q|}; a digest's centre is stored {@code [headDim]}.
     *
     * @param radii float32, that of page i at byte {@code radiiOffset + i * radiiStride}
     */
    void sphere(
            MemorySegment digests,
            long offset,
            long stride,
            MemorySegment radii,
            long radiiOffset,
            long radiiStride,
            int pages,
            float[] scores,
            int at,
            int row);
}
