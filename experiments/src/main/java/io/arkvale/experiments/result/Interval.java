package io.arkvale.experiments.result;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * A 95 % confidence interval. Shares of right answers have Wilson's; means and paired differences have the percentiles of
 * a bootstrap that draws whole texts, since questions about one text are not independent.
 */
public record Interval(double low, double high) {
    /** An estimate with its interval. */
    public record Estimate(double mean, Interval interval) {}

    /** One in so many intervals misses: 1 - 95 %. */
    private static final double ERROR = 0.05;

    /** Draws of a bootstrap. */
    private static final int DRAWS = 10_000;

    /** The draws are the same for the same values, so that a table can be drawn again. */
    private static final long SEED = 18;

    /** The interval of a share, {@code hits} of {@code trials} (Wilson, 1927). */
    static Interval ofShare(int hits, int trials) {
        var found = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(trials, hits, ERROR);
        // Of none and of all, one end is that of the scale; the formula misses it by a rounding.
        return new Interval(hits == 0 ? 0 : found.getLowerBound(), hits == trials ? 1 : found.getUpperBound());
    }

    /**
     * The mean of values that lie on a scale, some of which belong together.
     *
     * @param clusters the values, those of one text in one array; at least one value
     * @param least the scale's lower end
     * @param most the scale's upper end
     */
    static Estimate ofMean(List<double[]> clusters, double least, double most) {
        return ofRatio(clusters, values -> Arrays.stream(values).sum(), values -> values.length, least, most);
    }

    /**
     * The ratio of two sums over clusters, in an interval that stays within a scale. Where the clusters are all alike, a
     * bootstrap sees no spread; then up to {@code 1 - 0.05^(1/n)} of all clusters may differ by the whole scale and still
     * none of {@code n} shows it (the exact binomial bound), and the interval says so.
     */
    static <C> Estimate ofRatio(
            List<C> clusters, ToDoubleFunction<C> above, ToDoubleFunction<C> below, double least, double most) {
        var tops = clusters.stream().mapToDouble(above).toArray();
        var bottoms = clusters.stream().mapToDouble(below).toArray();
        var mean = Arrays.stream(tops).sum() / Arrays.stream(bottoms).sum();
        var first = tops[0] / bottoms[0];
        var alike = true;
        for (int i = 1; i < tops.length; i++) {
            alike &= tops[i] / bottoms[i] == first;
        }
        if (alike) {
            var unseen = 1 - Math.pow(ERROR, 1.0 / clusters.size());
            return new Estimate(mean, new Interval(mean - unseen * (mean - least), mean + unseen * (most - mean)));
        }
        var random = new SplittableRandom(SEED);
        var means = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            var top = 0.0;
            var bottom = 0.0;
            for (int i = 0; i < tops.length; i++) {
                var drawn = random.nextInt(tops.length);
                top += tops[drawn];
                bottom += bottoms[drawn];
            }
            means[draw] = top / bottom;
        }
        var ends = Quantile.withDefaults().evaluate(means, ERROR / 2, 1 - ERROR / 2);
        return new Estimate(mean, new Interval(Math.max(least, ends[0]), Math.min(most, ends[1])));
    }
}
