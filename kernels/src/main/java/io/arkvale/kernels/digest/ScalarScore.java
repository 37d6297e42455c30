package io.arkvale.kernels.digest;

import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.primitive.ScalarMath;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Scores page by page. */
final class ScalarScore implements ScoreKernel {
    private final StorageFormat format;
    private final int queryHeads;
    private final int headDim;
    private final int capacity;
    private final float[] queries;
    private final float[] norms;
    /** One page's digest: one or two vectors. */
    private final float[] digest;

    ScalarScore(StorageFormat format, int queryHeads, int headDim, int capacity) {
        this.format = format;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.capacity = Shapes.atLeastOne("capacity", capacity);
        queries = new float[Math.multiplyExact(queryHeads, headDim)];
        norms = new float[queryHeads];
        digest = new float[Math.multiplyExact(2, headDim)];
    }

    @Override
    public void queries(float[] queries, int at) {
        System.arraycopy(queries, at, this.queries, 0, this.queries.length);
        for (int head = 0; head < queryHeads; head++) {
            norms[head] = ScalarMath.norm(this.queries, head * headDim, headDim);
        }
    }

    @Override
    public void cuboid(MemorySegment digests, long offset, int pages, float[] scores, int at, int row) {
        for (int page = 0; page < pages; page++) {
            load(digests, offset, page, 2 * headDim);
            for (int head = 0; head < queryHeads; head++) {
                float score = 0;
                for (int i = 0; i < headDim; i++) {
                    float query = queries[head * headDim + i];
                    score += Math.max(query * digest[i], query * digest[headDim + i]);
                }
                scores[at + head * row + page] = score;
            }
        }
    }

    @Override
    public void centroid(MemorySegment digests, long offset, int pages, float[] scores, int at, int row) {
        for (int page = 0; page < pages; page++) {
            load(digests, offset, page, headDim);
            for (int head = 0; head < queryHeads; head++) {
                scores[at + head * row + page] = ScalarMath.dot(queries, head * headDim, digest, headDim);
            }
        }
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
        addRadii(norms, radii, radiiOffset, pages, scores, at, row);
    }

    /** Adds {@code radius * |q|} to the scores of {@code pages} pages, for each query. */
    static void addRadii(
            float[] norms, MemorySegment radii, long radiiOffset, int pages, float[] scores, int at, int row) {
        for (int page = 0; page < pages; page++) {
            float radius = radii.get(ValueLayout.JAVA_FLOAT_UNALIGNED, radiiOffset + (long) page * Float.BYTES);
            for (int head = 0; head < norms.length; head++) {
                scores[at + head * row + page] += radius * norms[head];
            }
        }
    }

    private void load(MemorySegment digests, long offset, int page, int length) {
        Shapes.between("page", page, 0, capacity - 1);
        for (int i = 0; i < length; i++) {
            digest[i] = format.get(digests, offset + (long) Panels.index(length, capacity, i, page) * format.bytes());
        }
    }
}
