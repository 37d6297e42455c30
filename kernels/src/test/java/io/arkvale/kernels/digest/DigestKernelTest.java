package io.arkvale.kernels.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.Samples;
import io.arkvale.kernels.storage.StorageFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DigestKernelTest {
    private static final int SKIPPED = 1;

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void statisticsOfColumnsAreThoseOfFloat64(Kernels kernels, StorageFormat format) {
        for (int headDim : Samples.AWKWARD_LENGTHS) {
            for (int tokens : new int[] {1, 2, 7, 16, 33}) {
                var samples = new Samples(headDim * 100L + tokens);
                float[] keys = samples.floats(tokens * headDim, 8);
                float[] centre = samples.floats(headDim, 2);
                var digest = kernels.digest(format, headDim, 40);
                digest.load(Samples.store(format, keys, SKIPPED), SKIPPED, tokens);
                checkColumns(digest, Samples.stored(format, keys), centre, headDim, tokens);
            }
        }
    }

    private static void checkPair(
            double[] keys, float[] centre, int i, int headDim, int tokens, float smallest, float largest, float mean) {
        int half = headDim / 2;
        double near = Double.POSITIVE_INFINITY;
        double far = 0;
        double sum = 0;
        for (int token = 0; token < tokens; token++) {
            double distance = Math.hypot(
                    keys[token * headDim + i] - centre[i], keys[token * headDim + half + i] - centre[half + i]);
            near = Math.min(near, distance);
            far = Math.max(far, distance);
            sum += distance;
        }
        double rounding = 2 * Samples.U; // to float32 once, and far less in float64
        assertThat((double) smallest).isCloseTo(near, within(rounding * near));
        assertThat((double) largest).isCloseTo(far, within(rounding * far));
        assertThat((double) mean).isCloseTo(sum / tokens, within(Samples.gamma(tokens + 3) * sum / tokens));
    }

    private static void checkColumns(DigestKernel digest, double[] keys, float[] centre, int headDim, int tokens) {
        var minimum = new float[headDim];
        var maximum = new float[headDim];
        var mean = new float[headDim];
        var smallest = new float[headDim];
        var largest = new float[headDim];
        var meanDeviation = new float[headDim];
        digest.bounds(minimum, maximum);
        digest.mean(mean);
        digest.pairDeviations(centre, smallest, largest, meanDeviation);
        for (int i = 0; i < headDim / 2; i++) {
            checkPair(keys, centre, i, headDim, tokens, smallest[i], largest[i], meanDeviation[i]);
        }
        digest.deviations(centre, smallest, largest, meanDeviation);
        for (int i = 0; i < headDim; i++) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            double sum = 0;
            double absolute = 0;
            double near = Double.POSITIVE_INFINITY;
            double far = 0;
            double deviations = 0;
            for (int token = 0; token < tokens; token++) {
                double key = keys[token * headDim + i];
                double deviation = Math.abs(key - centre[i]);
                low = Math.min(low, key);
                high = Math.max(high, key);
                sum += key;
                absolute += Math.abs(key);
                near = Math.min(near, deviation);
                far = Math.max(far, deviation);
                deviations += deviation;
            }
            // A mean rounds the share, each product and each addition; a deviation rounds its subtraction once more.
            double rounding = Samples.gamma(tokens + 2);
            assertThat((double) minimum[i]).isEqualTo(low);
            assertThat((double) maximum[i]).isEqualTo(high);
            assertThat((double) mean[i]).isCloseTo(sum / tokens, within(rounding * absolute / tokens));
            assertThat((double) smallest[i]).isCloseTo(near, within(Samples.U * near));
            assertThat((double) largest[i]).isCloseTo(far, within(Samples.U * far));
            assertThat((double) meanDeviation[i])
                    .isCloseTo(deviations / tokens, within(Samples.gamma(tokens + 3) * deviations / tokens));
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void distancesAreThoseOfFloat64(Kernels kernels, StorageFormat format) {
        for (int headDim : Samples.AWKWARD_LENGTHS) {
            // Squares of the largest and the smallest of these leave the range of float32 in both directions.
            for (double range : new double[] {1, 1e4, 1e30, 1e-30}) {
                float representable = format.round((float) range);
                if (!Float.isFinite(representable) || representable < range / 2) {
                    continue;
                }
                int tokens = 5;
                var samples = new Samples(headDim);
                float[] keys = samples.floats(tokens * headDim, range);
                float[] centre = samples.floats(headDim, range);
                var digest = kernels.digest(format, headDim, tokens);
                digest.load(Samples.store(format, keys, SKIPPED), SKIPPED, tokens);
                var norms = new float[tokens];
                digest.distances(centre, norms);
                double[] stored = Samples.stored(format, keys);
                for (int token = 0; token < tokens; token++) {
                    double squares = 0;
                    for (int i = 0; i < headDim; i++) {
                        squares += Math.pow(stored[token * headDim + i] - centre[i], 2);
                    }
                    // All terms are positive: relative errors of d additions and of differences add, a root halves
                    // them.
                    double norm = Math.sqrt(squares);
                    assertThat((double) norms[token])
                            .as("headDim %d, range %g", headDim, range)
                            .isCloseTo(norm, within(norm * Samples.gamma(headDim + 4)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernels")
    void meansOfLargeKeysDoNotOverflow(Kernels kernels) {
        var digest = kernels.digest(StorageFormat.F32, 1, 4);
        digest.load(Samples.store(StorageFormat.F32, new float[] {3e38f, 3e38f, 3e38f, 3e38f}, 0), 0, 4);
        var mean = new float[1];
        digest.mean(mean);
        assertThat(mean[0]).isEqualTo(3e38f);
        digest.deviations(new float[1], new float[1], new float[1], mean);
        assertThat(mean[0]).isEqualTo(3e38f);
    }

    /** A digest speaks of the page loaded last, whatever was loaded before. */
    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void aShorterPageForgetsTheLongerOneBefore(Kernels kernels, StorageFormat format) {
        var digest = kernels.digest(format, 3, 8);
        digest.load(Samples.store(format, new Samples(1).floats(24, 100), 0), 0, 8);
        digest.load(Samples.store(format, new float[] {1, 2, 3}, 0), 0, 1);
        var minimum = new float[3];
        var maximum = new float[3];
        digest.bounds(minimum, maximum);
        assertThat(minimum).containsExactly(1, 2, 3);
        assertThat(maximum).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernels")
    void refusesPagesOutsideItsSize(Kernels kernels) {
        var digest = kernels.digest(StorageFormat.F32, 2, 4);
        var keys = Samples.store(StorageFormat.F32, new float[20], 0);
        for (int tokens : new int[] {0, 5}) {
            assertThatThrownBy(() -> digest.load(keys, 0, tokens))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tokens is %d but must be from 1 to 4", tokens);
        }
    }
}
