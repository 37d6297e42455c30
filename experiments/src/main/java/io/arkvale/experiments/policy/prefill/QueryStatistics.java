package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.ContextView;

/** Mean and covariance of one query head's queries, as Expected Attention takes the queries to come. */
final class QueryStatistics {
    private double[] mean;
    /** {@code [headDim][headDim]}. */
    private double[][] covariance;

    private QueryStatistics(double[] mean, double[][] covariance) {
        this.mean = mean;
        this.covariance = covariance;
    }

    /** Those of the context's queries before RoPE from token {@code first} on; divided by their number, as in kvpress. */
    static QueryStatistics of(ContextView context, int queryHead, int headDim, int first) {
        var mean = new double[headDim];
        var products = new double[headDim][headDim];
        var query = new float[headDim];
        var count = context.tokens() - first;
        for (int token = first; token < context.tokens(); token++) {
            context.rawQuery(queryHead, token, query);
            for (int i = 0; i < headDim; i++) {
                mean[i] += query[i] / (double) count;
            }
        }
        for (int token = first; token < context.tokens(); token++) {
            context.rawQuery(queryHead, token, query);
            for (int i = 0; i < headDim; i++) {
                var row = products[i];
                var own = (query[i] - mean[i]) / count;
                for (int j = 0; j < headDim; j++) {
                    row[j] += own * (query[j] - mean[j]);
                }
            }
        }
        return new QueryStatistics(mean, products);
    }

    int headDim() {
        return mean.length;
    }

    /** Applies the mean of the rotations to the positions from {@code first} on. */
    void turn(ContextView context, int first, int positions) {
        var headDim = mean.length;
        var rotation = new double[headDim][headDim];
        for (int column = 0; column < headDim; column++) {
            for (int position = first; position < first + positions; position++) {
                var unit = new float[headDim];
                unit[column] = 1;
                context.turn(unit, position);
                for (int row = 0; row < headDim; row++) {
                    rotation[row][column] += unit[row] / (double) positions;
                }
            }
        }
        var turned = new double[headDim];
        for (int row = 0; row < headDim; row++) {
            for (int i = 0; i < headDim; i++) {
                turned[row] += rotation[row][i] * mean[i];
            }
        }
        mean = turned;
        covariance = timesTransposed(timesTransposed(covariance, rotation), rotation);
    }

    /** {@code (r · mᵀ)}: taken twice it is {@code r · m · rᵀ} of a symmetric m. */
    private static double[][] timesTransposed(double[][] m, double[][] r) {
        var product = new double[r.length][m.length];
        for (int row = 0; row < r.length; row++) {
            for (int column = 0; column < m.length; column++) {
                var sum = 0.0;
                for (int i = 0; i < r.length; i++) {
                    sum += r[row][i] * m[column][i];
                }
                product[row][column] = sum;
            }
        }
        return product;
    }

    /** {@code μ·k/√d + kᵀΣk/2d}: the logarithm of the expected weight of a key, but for a constant. */
    double expectedLogit(float[] key, boolean spread) {
        var score = 0.0;
        var variance = 0.0;
        for (int i = 0; i < key.length; i++) {
            score += mean[i] * key[i];
            if (spread) {
                var row = covariance[i];
                var sum = 0.0;
                for (int j = 0; j < key.length; j++) {
                    sum += row[j] * key[j];
                }
                variance += key[i] * sum;
            }
        }
        return score / Math.sqrt(key.length) + variance / key.length / 2;
    }

    static double length(float[] vector) {
        var squares = 0.0;
        for (float element : vector) {
            squares += (double) element * element;
        }
        return Math.sqrt(squares);
    }
}
