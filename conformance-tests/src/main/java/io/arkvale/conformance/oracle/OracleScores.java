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

    private static void score(Digest digest, double[] q, float[] stored, Bounded result, int page) {
        var d = q.length;
        var score = 0.0;
        var magnitude = 0.0;
        var bound = 0.0;
        switch (digest.shape()) {
            case CUBOID -> {
                for (var i = 0; i < d; i++) {
                    score += Math.max(q[i] * stored[i], q[i] * stored[d + i]);
                    magnitude += Math.max(Math.abs(q[i] * stored[i]), Math.abs(q[i] * stored[d + i]));
                }
                bound = gamma(d + 3) * magnitude + (d + 3) * UNDERFLOW;
            }
            case SPHERE -> {
                var squares = 0.0;
                for (var i = 0; i < d; i++) {
                    score += q[i] * stored[i];
                    magnitude += Math.abs(q[i] * stored[i]);
                    squares += q[i] * q[i];
                }
                var reach = stored[d] * Math.sqrt(squares);
                score += reach;
                bound = gamma(2L * d + 6) * (magnitude + reach)
                        + (2 * d + 6) * UNDERFLOW
                        + stored[d] * OracleDigest.normUnderflow(d);
            }
            case POINT -> {
                for (var i = 0; i < d; i++) {
                    score += q[i] * stored[i];
                    magnitude += Math.abs(q[i] * stored[i]);
                }
                bound = gamma(d + 3) * magnitude + (d + 3) * UNDERFLOW;
            }
        }
        result.exact()[page] = score;
        result.bound()[page] = bound;
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
