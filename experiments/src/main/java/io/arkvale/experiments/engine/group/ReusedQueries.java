package io.arkvale.experiments.engine.group;

import io.arkvale.llama.attention.AttentionShape;
import java.util.Arrays;

/**
 * The queries by which a sequence of a cache chooses its pages: the step's own, or the last step's where a head group's
 * query has hardly turned, so that recall could have begun a step earlier (FreeKV, Liu et al., 2025, section 3.2). The
 * first step chooses by its own.
 */
final class ReusedQueries {
    private final AttentionShape shape;
    /** Cosine of adjacent queries from which on the last one serves; above 1 for never. */
    private final double reuse;

    private final int groups;
    /** {@code [layers][queryHeads · headDim]}. */
    private final float[][] last;

    ReusedQueries(AttentionShape shape, double reuse, int groups) {
        this.shape = shape;
        this.reuse = reuse;
        this.groups = groups;
        last = new float[isUsed() ? shape.layers() : 0][0];
    }

    boolean isUsed() {
        return reuse <= 1;
    }

    /** Writes the queries that choose in a layer, and keeps the step's own for the next one. */
    void choose(int layer, float[] queries, int from, float[] target, int to) {
        var width = shape.queryWidth();
        System.arraycopy(queries, from, target, to, width);
        if (!isUsed()) {
            return;
        }
        var groupWidth = width / groups;
        if (last[layer].length == 0) {
            last[layer] = Arrays.copyOfRange(queries, from, from + width);
        }
        for (int start = 0; start < width; start += groupWidth) {
            if (cosine(last[layer], start, queries, from + start, groupWidth, shape.headDim()) >= reuse) {
                System.arraycopy(last[layer], start, target, to + start, groupWidth);
            }
        }
        System.arraycopy(queries, from, last[layer], 0, width);
    }

    /** Mean over the query heads. */
    private static double cosine(float[] a, int fromA, float[] b, int fromB, int width, int headDim) {
        var sum = 0.0;
        for (int head = 0; head < width; head += headDim) {
            var dot = 0.0;
            var squaresA = 0.0;
            var squaresB = 0.0;
            for (int i = head; i < head + headDim; i++) {
                dot += (double) a[fromA + i] * b[fromB + i];
                squaresA += (double) a[fromA + i] * a[fromA + i];
                squaresB += (double) b[fromB + i] * b[fromB + i];
            }
            sum += dot / Math.sqrt(squaresA * squaresB);
        }
        var heads = width / headDim;
        return sum / heads;
    }
}
