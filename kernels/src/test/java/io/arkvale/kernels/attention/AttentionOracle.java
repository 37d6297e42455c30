package io.arkvale.kernels.attention;

import io.arkvale.kernels.Samples;

/**
 * One query head's attention in float64, and for each number of it the error allowed to a float32 computation: with
 * {@code delta = max_j gamma(d + 2) sum_i |q_i k_ji| scale}, it is {@code (e^(2 delta) - 1 + gamma(m + 8)) max_j |v_j|}.
 */
final class AttentionOracle {
    final double[] output;
    final double[] tolerance;

    private AttentionOracle(double[] output, double[] tolerance) {
        this.output = output;
        this.tolerance = tolerance;
    }

    static AttentionOracle attend(float[] queries, int at, double[] keys, double[] values, int headDim, double scale) {
        int tokens = keys.length / headDim;
        var scores = new double[tokens];
        double top = Double.NEGATIVE_INFINITY;
        double magnitude = 0;
        for (int token = 0; token < tokens; token++) {
            double sum = 0;
            double absolute = 0;
            for (int i = 0; i < headDim; i++) {
                double product = queries[at + i] * keys[token * headDim + i] * scale;
                sum += product;
                absolute += Math.abs(product);
            }
            scores[token] = sum;
            top = Math.max(top, sum);
            magnitude = Math.max(magnitude, absolute);
        }
        var output = new double[headDim];
        var tolerance = new double[headDim];
        double total = 0;
        for (int token = 0; token < tokens; token++) {
            double weight = Math.exp(scores[token] - top);
            total += weight;
            for (int i = 0; i < headDim; i++) {
                double value = values[token * headDim + i];
                output[i] += weight * value;
                tolerance[i] = Math.max(tolerance[i], Math.abs(value));
            }
        }
        double delta = Samples.gamma(headDim + 2) * magnitude;
        for (int i = 0; i < headDim; i++) {
            output[i] /= total;
            tolerance[i] *= Math.expm1(2 * delta) + Samples.gamma(tokens + 8);
        }
        return new AttentionOracle(output, tolerance);
    }
}
