package io.arkvale.conformance.oracle;

import static io.arkvale.conformance.oracle.Rounding.UNDERFLOW;
import static io.arkvale.conformance.oracle.Rounding.gamma;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;

/** Scores of the filled pages of a table for a query, from the stored digests (rules 402 to 404). */
public final class OracleScores {
    private OracleScores() {}

    /**
     * Group scores of one head group.
     *
     * @param query {@code [queryHeads · headDim]}
     * @param filled pages scored: all filled ones, or for prefetch those that were full before the step
     * @return one score a page
     */
    public static Bounded of(CacheSpec cache, OracleTable table, int group, float[] query, int filled) {
        var heads = cache.queryHeadsPerGroup();
        var perHead = new Bounded[heads];
        for (var h = 0; h < heads; h++) {
            perHead[h] = ofHead(cache, table, group * heads + h, query, filled);
        }
        return switch (table.sequence().groupScore()) {
            case MEAN -> combine(perHead, filled, true);
            case MAX -> combine(perHead, filled, false);
            case MEAN_SOFTMAX -> meanSoftmax(perHead, filled, cache.attentionScale());
        };
    }

    private static Bounded ofHead(CacheSpec cache, OracleTable table, int queryHead, float[] query, int filled) {
        var headDim = cache.headDim();
        var kvHead = queryHead / cache.queryHeadsPerKvHead();
        var q = new double[headDim];
        for (var i = 0; i < headDim; i++) {
            q[i] = query[queryHead * headDim + i];
        }
        var result = Bounded.zeros(filled);
        for (var page = 0; page < filled; page++) {
            score(table.sequence().digest(), q, table.digest(page, kvHead), result, page);
        }
        return result;
    }

    /** That of the page's best part. */
    private static void score(Digest digest, double[] q, float[] stored, Bounded result, int page) {
        var parts = digest.form().parts();
        var score = Double.NEGATIVE_INFINITY;
        var bound = 0.0;
        for (var part = 0; part < parts; part++) {
            var at = part * (stored.length / parts);
            var magnitude = 0.0;
            var own = 0.0;
            for (var i = 0; i < q.length; i++) {
                var first = q[i] * stored[at + i];
                var second = hasBounds(digest) ? q[i] * stored[at + q.length + i] : first;
                own += Math.max(first, second);
                magnitude += Math.max(Math.abs(first), Math.abs(second));
            }
            var extents = hasBounds(digest) ? 0 : digest.shape().extents(q.length);
            var vanishing = 0.0;
            for (var i = 0; i < extents; i++) {
                var extent = stored[at + q.length + i];
                own += weight(digest.shape(), q, i) * extent;
                magnitude += weight(digest.shape(), q, i) * extent;
                vanishing += extent * OracleDigest.normUnderflow(q.length);
            }
            var operations = operations(digest, q.length);
            score = Math.max(score, own);
            bound = Math.max(
                    bound,
                    gamma(operations) * magnitude
                            + operations * UNDERFLOW
                            + (digest.shape() == Digest.Shape.CUBOID ? 0 : vanishing));
        }
        result.exact()[page] = score;
        result.bound()[page] = bound;
    }

    private static boolean hasBounds(Digest digest) {
        return digest.form().isWhole() && digest.shape() == Digest.Shape.CUBOID;
    }

    private static long operations(Digest digest, int headDim) {
        return hasBounds(digest) || digest.shape() == Digest.Shape.POINT ? headDim + 3L : 2L * headDim + 6;
    }

    /** What a query weighs an extent with. */
    private static double weight(Digest.Shape shape, double[] q, int extent) {
        return switch (shape) {
            case CUBOID -> Math.abs(q[extent]);
            case DISC -> Math.hypot(q[extent], q[extent + q.length / 2]);
            case SPHERE -> norm(q);
            case POINT -> 0;
        };
    }

    private static double norm(double[] q) {
        var squares = 0.0;
        for (var number : q) {
            squares += number * number;
        }
        return Math.sqrt(squares);
    }

    private static Bounded combine(Bounded[] perHead, int filled, boolean mean) {
        var result = Bounded.zeros(filled);
        var heads = perHead.length;
        for (var page = 0; page < filled; page++) {
            var sum = 0.0;
            var most = Double.NEGATIVE_INFINITY;
            var bound = 0.0;
            var largest = 0.0;
            for (var head : perHead) {
                sum += head.exact()[page];
                most = Math.max(most, head.exact()[page]);
                bound = Math.max(bound, head.bound()[page]);
                largest = Math.max(largest, Math.abs(head.exact()[page]));
            }
            result.exact()[page] = mean ? sum / heads : most;
            result.bound()[page] = bound + gamma(heads + 1) * largest + (heads + 1) * UNDERFLOW;
        }
        return result;
    }

    private static Bounded meanSoftmax(Bounded[] perHead, int filled, double scale) {
        var result = Bounded.zeros(filled);
        var delta = 0.0;
        for (var head : perHead) {
            var most = Double.NEGATIVE_INFINITY;
            for (var page = 0; page < filled; page++) {
                most = Math.max(most, head.exact()[page] * scale);
                delta = Math.max(delta, head.bound()[page] * scale);
            }
            var sum = 0.0;
            for (var page = 0; page < filled; page++) {
                sum += Math.exp(head.exact()[page] * scale - most);
            }
            for (var page = 0; page < filled; page++) {
                result.exact()[page] += Math.exp(head.exact()[page] * scale - most) / sum / perHead.length;
            }
        }
        for (var page = 0; page < filled; page++) {
            result.bound()[page] = Math.expm1(2 * delta) + gamma(filled + 1 + perHead.length + 12);
        }
        return result;
    }
}
