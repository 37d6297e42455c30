package io.arkvale.kernels;

import static io.arkvale.kernels.VectorDots.TILE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Scores of a block of pages at a time, all as dot products: a cuboid's {@code sum_i max(q_i upper_i, q_i lower_i)} is
 * the product of {@code [upper, lower]} with the positive and the negative part of the query.
 */
final class VectorScore implements ScoreKernel {
    /** Pages of a block; a multiple of every number of lanes. */
    private static final int BLOCK = 32;

    private final int queryHeads;
    private final int headDim;
    /** One vector a page. */
    private final PaddedBlock points;
    /** Two vectors a page. */
    private final PaddedBlock boxes;

    private final VectorDots pointDots;
    private final VectorDots boxDots;
    /** {@code [queryHeads][points.stride]}: the queries. */
    private final float[] queries;
    /** {@code [queryHeads][boxes.stride]}: the positive part of each query, then its negative part. */
    private final float[] signedQueries;
    /** {@code [queryHeads]}: L2 norms. */
    private final float[] norms;
    /** {@code [tile][BLOCK][TILE]}. */
    private final float[] scored;

    VectorScore(FormatCodec codec, int queryHeads, int headDim) {
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        points = new PaddedBlock(codec, headDim, BLOCK);
        boxes = new PaddedBlock(codec, Math.multiplyExact(2, headDim), BLOCK);
        pointDots = new VectorDots(points.stride, BLOCK);
        boxDots = new VectorDots(boxes.stride, BLOCK);
        queries = new float[Math.multiplyExact(queryHeads, points.stride)];
        signedQueries = new float[Math.multiplyExact(queryHeads, boxes.stride)];
        norms = new float[queryHeads];
        scored = new float[VectorDots.resultLength(queryHeads, BLOCK)];
    }

    @Override
    public void queries(float[] queries, int at) {
        for (int head = 0; head < queryHeads; head++) {
            int query = head * points.stride;
            int positive = head * boxes.stride;
            System.arraycopy(queries, at + head * headDim, this.queries, query, headDim);
            norms[head] = ScalarMath.norm(this.queries, query, headDim);
            for (int i = 0; i < headDim; i++) {
                signedQueries[positive + i] = Math.max(this.queries[query + i], 0);
                signedQueries[positive + headDim + i] = Math.min(this.queries[query + i], 0);
            }
        }
    }

    @Override
    public void cuboid(MemorySegment digests, long offset, long stride, int pages, float[] scores, int at, int row) {
        score(boxes, boxDots, signedQueries, digests, offset, stride, pages, scores, at, row);
    }

    @Override
    public void centroid(MemorySegment digests, long offset, long stride, int pages, float[] scores, int at, int row) {
        score(points, pointDots, queries, digests, offset, stride, pages, scores, at, row);
    }

    @Override
    public void sphere(
            MemorySegment digests,
            long offset,
            long stride,
            MemorySegment radii,
            long radiiOffset,
            long radiiStride,
            int pages,
            float[] scores,
            int at,
            int row) {
        centroid(digests, offset, stride, pages, scores, at, row);
        for (int page = 0; page < pages; page++) {
            float radius = radii.get(ValueLayout.JAVA_FLOAT_UNALIGNED, radiiOffset + page * radiiStride);
            for (int head = 0; head < queryHeads; head++) {
                scores[at + head * row + page] += radius * norms[head];
            }
        }
    }

    private void score(
            PaddedBlock block,
            VectorDots dots,
            float[] operand,
            MemorySegment digests,
            long offset,
            long stride,
            int pages,
            float[] scores,
            int at,
            int row) {
        for (int page = 0; page < pages; page += BLOCK) {
            int count = Math.min(BLOCK, pages - page);
            block.load(digests, offset + page * stride, stride, count);
            dots.multiply(operand, queryHeads, block.rows, count, scored, 0, BLOCK);
            for (int head = 0; head < queryHeads; head++) {
                int from = (head - head % TILE) * BLOCK + head % TILE;
                int to = at + head * row + page;
                for (int i = 0; i < count; i++) {
                    scores[to + i] = scored[from + i * TILE];
                }
            }
        }
    }
}
