package io.arkvale.experiments.observe;

import java.util.Arrays;

/**
 * One layer's full attention of one decoded token.
 *
 * @param step which decoded token, from 0
 * @param layer the layer
 * @param tokens tokens attended to, the decoded one included
 * @param queries {@code [queryHeads][headDim]}, rotated
 * @param keys {@code [kvHeads][headDim]} of the decoded token, rotated
 * @param values {@code [kvHeads][headDim]} of the decoded token
 * @param scores {@code [queryHeads][tokens]}: dot products of queries and keys, neither scaled nor normalised
 */
@SuppressWarnings("ArrayRecordComponent") // views of a pass's buffers, never compared
record LayerAttention(
        int step, int layer, int tokens, float[] queries, float[] keys, float[] values, float[][] scores) {
    /** The largest score of each filled page, mean over the query heads: what digests estimate. */
    double[] pageScores(int pageSize) {
        var means = new double[tokens / pageSize];
        for (int head = 0; head < scores.length; head++) {
            var largest = pageScores(head, pageSize);
            for (int page = 0; page < means.length; page++) {
                means[page] += largest[page] / scores.length;
            }
        }
        return means;
    }

    /** The same of a query head. */
    double[] pageScores(int queryHead, int pageSize) {
        var largest = new double[tokens / pageSize];
        for (int page = 0; page < largest.length; page++) {
            var most = Float.NEGATIVE_INFINITY;
            for (int token = page * pageSize; token < (page + 1) * pageSize; token++) {
                most = Math.max(most, scores[queryHead][token]);
            }
            largest[page] = most;
        }
        return largest;
    }

    /** The probability of each page of a query head, the last page included even if it is not full. */
    double[] pageMasses(int queryHead, int pageSize) {
        var row = scores[queryHead];
        var headDim = queries.length / scores.length;
        var scale = 1 / Math.sqrt(headDim);
        var largest = Float.NEGATIVE_INFINITY;
        for (float score : row) {
            largest = Math.max(largest, score);
        }
        var masses = new double[Math.ceilDiv(tokens, pageSize)];
        for (int token = 0; token < tokens; token++) {
            masses[token / pageSize] += Math.exp((row[token] - largest) * scale);
        }
        var sum = Arrays.stream(masses).sum();
        return Arrays.stream(masses).map(mass -> mass / sum).toArray();
    }
}
