package io.arkvale.experiments.result;

import java.util.Arrays;

/** A 95 % confidence interval. */
public record Interval(double low, double high) {
    /** An estimate with its interval. */
    public record Estimate(double mean, Interval interval) {}

    /** Two-sided 95 % point of the normal distribution. */
    private static final double Z = 1.959964;

    /** The interval of a share, {@code hits} of {@code trials} (Wilson, 1927). */
    static Interval ofShare(int hits, int trials) {
        var share = hits / (double) trials;
        var spread = Z * Z / trials;
        var centre = (share + spread / 2) / (1 + spread);
        var half = Z / (1 + spread) * Math.sqrt(share * (1 - share) / trials + spread / (4 * trials));
        return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
    }

    /** The mean of independent values, with the interval of the normal approximation. */
    static Estimate ofMean(double[] values) {
        var mean = Arrays.stream(values).average().orElse(0);
        var squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        var error = Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
        return new Estimate(mean, new Interval(mean - Z * error, mean + Z * error));
    }
}
