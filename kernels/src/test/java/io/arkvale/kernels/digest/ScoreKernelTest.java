package io.arkvale.kernels.digest;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.Samples;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScoreKernelTest {
    private static final int SKIPPED = 3;
    private static final int AT = 2;

    /** Digests as a block holds them, with no more behind them than a kernel may read. */
    private static final class Digests {
        final double[] stored;
        final MemorySegment segment;

        private Digests(double[] stored, MemorySegment segment) {
            this.stored = stored;
            this.segment = segment;
        }

        static Digests of(StorageFormat format, float[] numbers, int length, int capacity) {
            int pages = numbers.length / length;
            long bytes = (long) length * format.bytes();
            var segment = Arena.ofAuto().allocate(SKIPPED + capacity * bytes + Panels.READ_BEYOND);
            segment.fill((byte) 0xff); // NaN in every format
            var rows = new PageRows(format, length, capacity);
            rows.putKeys(Samples.store(format, numbers, 0), 0, bytes, pages, segment, SKIPPED, 0);
            return new Digests(Samples.stored(format, numbers), segment);
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void scoresLieWithinTheBoundAtAwkwardSizes(Kernels kernels, StorageFormat format) {
        for (int headDim : Samples.AWKWARD_LENGTHS) {
            for (int queryHeads : new int[] {1, 4, 7}) {
                for (int spare : new int[] {0, 5}) {
                    var samples = new Samples(headDim * 10L + queryHeads);
                    int pages = samples.below(80);
                    int capacity = Math.max(1, pages + spare);
                    float[] queries = samples.floats(AT + queryHeads * headDim, 3);
                    var kernel = kernels.score(format, queryHeads, headDim, capacity);
                    // The queries set last count.
                    kernel.queries(samples.floats(queryHeads * headDim, 9), 0);
                    kernel.queries(queries, AT);
                    cuboid(kernel, format, queries, queryHeads, headDim, pages, capacity, samples);
                    centroidAndSphere(kernel, format, queries, queryHeads, headDim, pages, capacity, samples);
                }
            }
        }
    }

    private static void cuboid(
            ScoreKernel kernel,
            StorageFormat format,
            float[] queries,
            int queryHeads,
            int headDim,
            int pages,
            int capacity,
            Samples samples) {
        float[] numbers = samples.floats(pages * 2 * headDim, 5);
        for (int page = 0; page < pages; page++) {
            for (int i = page * 2 * headDim; i < page * 2 * headDim + headDim; i++) {
                float upper = Math.max(numbers[i], numbers[i + headDim]);
                numbers[i + headDim] = Math.min(numbers[i], numbers[i + headDim]);
                numbers[i] = upper;
            }
        }
        var digests = Digests.of(format, numbers, 2 * headDim, capacity);
        int row = pages + 3;
        float[] scores = untouched(queryHeads * row + AT);
        kernel.cuboid(digests.segment, SKIPPED, pages, scores, AT, row);
        for (int head = 0; head < queryHeads; head++) {
            for (int page = 0; page < pages; page++) {
                double expected = 0;
                double magnitude = 0;
                for (int i = 0; i < headDim; i++) {
                    double query = queries[AT + head * headDim + i];
                    double upper = query * digests.stored[page * 2 * headDim + i];
                    double lower = query * digests.stored[page * 2 * headDim + headDim + i];
                    expected += Math.max(upper, lower);
                    magnitude += Math.max(Math.abs(upper), Math.abs(lower));
                }
                Samples.assertClose(scores[AT + head * row + page], expected, Samples.gamma(headDim + 3) * magnitude);
            }
        }
        assertUntouched(scores, queryHeads, pages, row);
    }

    private static void centroidAndSphere(
            ScoreKernel kernel,
            StorageFormat format,
            float[] queries,
            int queryHeads,
            int headDim,
            int pages,
            int capacity,
            Samples samples) {
        var digests = Digests.of(format, samples.floats(pages * headDim, 5), headDim, capacity);
        float[] radii = samples.floats(pages, 3);
        var storedRadii = Samples.store(StorageFormat.F32, radii, SKIPPED);
        int row = pages + 3;
        float[] points = untouched(queryHeads * row + AT);
        float[] spheres = untouched(queryHeads * row + AT);
        kernel.centroid(digests.segment, SKIPPED, pages, points, AT, row);
        kernel.sphere(digests.segment, SKIPPED, storedRadii, SKIPPED, pages, spheres, AT, row);
        for (int head = 0; head < queryHeads; head++) {
            double squares = 0;
            for (int i = 0; i < headDim; i++) {
                squares += Math.pow(queries[AT + head * headDim + i], 2);
            }
            for (int page = 0; page < pages; page++) {
                double expected = 0;
                double magnitude = 0;
                for (int i = 0; i < headDim; i++) {
                    double product = (double) queries[AT + head * headDim + i] * digests.stored[page * headDim + i];
                    expected += product;
                    magnitude += Math.abs(product);
                }
                double rounding = Samples.gamma(headDim + 3);
                Samples.assertClose(points[AT + head * row + page], expected, rounding * magnitude);
                double reach = radii[page] * Math.sqrt(squares);
                Samples.assertClose(
                        spheres[AT + head * row + page], expected + reach, rounding * (magnitude + Math.abs(reach)));
            }
        }
        assertUntouched(points, queryHeads, pages, row);
        assertUntouched(spheres, queryHeads, pages, row);
    }

    private static float[] untouched(int length) {
        var scores = new float[length];
        Arrays.fill(scores, -7);
        return scores;
    }

    private static void assertUntouched(float[] scores, int queryHeads, int pages, int row) {
        for (int i = 0; i < scores.length; i++) {
            int within = (i - AT) % row;
            if (i < AT || within >= pages) {
                Samples.assertClose(scores[i], -7, 0);
            }
        }
        assertThat(scores).hasSize(AT + queryHeads * row);
    }
}
