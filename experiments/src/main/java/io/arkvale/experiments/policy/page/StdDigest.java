package io.arkvale.experiments.policy.page;

import java.util.ArrayList;
import java.util.List;

/** The mean of the keys and so many standard deviations around it, {@code q·mean + factor · Σ abs(q_i)·std_i}; in F16. */
final class StdDigest implements PageDigest {
    private final int headDim;
    private final double factor;
    private final List<float[]> means = new ArrayList<>();
    private final List<float[]> deviations = new ArrayList<>();

    StdDigest(int headDim, double factor) {
        this.headDim = headDim;
        this.factor = factor;
    }

    @Override
    public void add(float[][] keys) {
        var mean = new float[headDim];
        var deviation = new float[headDim];
        for (int i = 0; i < headDim; i++) {
            var sum = 0.0;
            for (var key : keys) {
                sum += key[i];
            }
            var squares = 0.0;
            for (var key : keys) {
                squares += Math.pow(key[i] - sum / keys.length, 2);
            }
            mean[i] = half(sum / keys.length);
            deviation[i] = half(factor * Math.sqrt(squares / keys.length));
        }
        means.add(mean);
        deviations.add(deviation);
    }

    private static float half(double number) {
        return Float.float16ToFloat(Float.floatToFloat16((float) number));
    }

    @Override
    public long pageBytes() {
        return 2L * Short.BYTES * headDim;
    }

    @Override
    public double score(float[] query, int page) {
        return scores(query).of(page);
    }

    @Override
    public Scores scores(float[] query) {
        var weights = query.clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.abs(weights[i]);
        }
        return page -> DotProduct.of(query, means.get(page), 0) + DotProduct.of(weights, deviations.get(page), 0);
    }
}
