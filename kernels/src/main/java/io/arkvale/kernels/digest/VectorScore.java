package io.arkvale.kernels.digest;

import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.primitive.ScalarMath;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.kernels.sums.WeightedSums;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Scores of a panel of pages at a time, all as weighted sums: a cuboid's {@code sum_i max(q_i upper_i, q_i lower_i)} is
 * the product of {@code [upper, lower]} with the positive and the negative part of the query.
 */
final class VectorScore implements ScoreKernel {
    private final WeightedSums sums;
    private final int bytes;
    private final int queryHeads;
    private final int headDim;
    private final int capacity;
    /** {@code [queryHeads][headDim]}: the queries. */
    private final float[] queries;
    /** {@code [queryHeads][2 headDim]}: the positive part of each query, then its negative part. */
    private final float[] signedQueries;
    /** {@code [queryHeads]}: L2 norms. */
    private final float[] norms;
    /** {@code [queryHeads][Panels.WIDTH]}: scores of one panel. */
    private final float[] scored;

    VectorScore(StorageFormat format, int queryHeads, int headDim, int capacity) {
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.capacity = Shapes.atLeastOne("capacity", capacity);
        sums = WeightedSums.VECTOR.of(format);
        bytes = format.bytes();
        queries = new float[Math.multiplyExact(queryHeads, headDim)];
        signedQueries = new float[Math.multiplyExact(2, queries.length)];
        norms = new float[queryHeads];
        scored = new float[Math.multiplyExact(queryHeads, Panels.WIDTH)];
    }

    @Override
    public void queries(float[] queries, int at) {
        System.arraycopy(queries, at, this.queries, 0, this.queries.length);
        for (int head = 0; head < queryHeads; head++) {
            int query = head * headDim;
            int positive = 2 * query;
            norms[head] = ScalarMath.norm(this.queries, query, headDim);
            for (int i = 0; i < headDim; i++) {
                signedQueries[positive + i] = Math.max(this.queries[query + i], 0);
                signedQueries[positive + headDim + i] = Math.min(this.queries[query + i], 0);
            }
        }
    }

    @Override
    public void cuboid(MemorySegment digests, long offset, int pages, float[] scores, int at, int row) {
        score(signedQueries, 2 * headDim, digests, offset, pages, scores, at, row);
    }

    @Override
    public void centroid(MemorySegment digests, long offset, int pages, float[] scores, int at, int row) {
        score(queries, headDim, digests, offset, pages, scores, at, row);
    }

    @Override
    public void sphere(
            MemorySegment digests,
            long offset,
            MemorySegment radii,
            long radiiOffset,
            int pages,
            float[] scores,
            int at,
            int row) {
        centroid(digests, offset, pages, scores, at, row);
        ScalarScore.addRadii(norms, radii, radiiOffset, pages, scores, at, row);
    }

    private void score(
            float[] weights,
            int length,
            MemorySegment digests,
            long offset,
            int pages,
            float[] scores,
            int at,
            int row) {
        Shapes.between("pages", pages, 0, capacity);
        for (int page = 0; page < pages; page += Panels.WIDTH) {
            long panel = offset + (long) page * length * bytes;
            int width = Panels.width(capacity, page);
            Arrays.fill(scored, 0);
            sums.add(weights, 0, length, queryHeads, digests, panel, width, length, scored, 0, Panels.WIDTH);
            int count = Math.min(width, pages - page);
            for (int head = 0; head < queryHeads; head++) {
                System.arraycopy(scored, head * Panels.WIDTH, scores, at + head * row + page, count);
            }
        }
    }
}
