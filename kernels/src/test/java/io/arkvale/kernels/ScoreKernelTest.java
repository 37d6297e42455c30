package io.arkvale.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScoreKernelTest {
    private static final int SKIPPED = 3;
    private static final int AT = 2;

    /** Each digest is followed by {@code gap} bytes of something else. */
    private static final class Digests {
        final double[] stored;
        final MemorySegment segment;
        final long stride;

        private Digests(double[] stored, MemorySegment segment, long stride) {
            this.stored = stored;
            this.segment = segment;
            this.stride = stride;
        }

        static Digests of(StorageFormat format, float[] numbers, int length, int gap) {
            int pages = numbers.length / length;
            long stride = (long) length * format.bytes() + gap;
            var bytes = new byte[(int) (SKIPPED + pages * stride)];
            Arrays.fill(bytes, (byte) 0xff); // NaN in every format
            var segment = MemorySegment.ofArray(bytes);
            for (int i = 0; i < numbers.length; i++) {
                long offset = SKIPPED + i / length * stride + (long) (i % length) * format.bytes();
                format.set(segment, offset, numbers[i]);
            }
            return new Digests(Samples.stored(format, numbers), segment, stride);
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void scoresLieWithinTheBoundAtAwkwardSizes(Kernels kernels, StorageFormat format) {
        for (int headDim : Samples.AWKWARD_LENGTHS) {
            for (int queryHeads : new int[] {1, 4, 7}) {
                for (int gap : new int[] {0, 8}) {
                    var samples = new Samples(headDim * 10L + queryHeads);
                    int pages = samples.below(80);
                    float[] queries = samples.floats(AT + queryHeads * headDim, 3);
                    var kernel = kernels.score(format, queryHeads, headDim);
                    // The queries set last count.
                    kernel.queries(samples.floats(queryHeads * headDim, 9), 0);
                    kernel.queries(queries, AT);
                    cuboid(kernel, format, queries, queryHeads, headDim, pages, gap, samples);
                    centroidAndSphere(kernel, format, queries, queryHeads, headDim, pages, gap, samples);
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
            int gap,
            Samples samples) {
        float[] numbers = samples.floats(pages * 2 * headDim, 5);
        for (int page = 0; page < pages; page++) {
            for (int i = page * 2 * headDim; i < page * 2 * headDim + headDim; i++) {
                float upper = Math.max(numbers[i], numbers[i + headDim]);
                numbers[i + headDim] = Math.min(numbers[i], numbers[i + headDim]);
                numbers[i] = upper;
            }
        }
        var digests = Digests.of(format, numbers, 2 * headDim, gap);
        int row = pages + 3;
        float[] scores = untouched(queryHeads * row + AT);
        kernel.cuboid(digests.segment, SKIPPED, digests.stride, pages, scores, AT, row);
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
            int gap,
            Samples samples) {
        var digests = Digests.of(format, samples.floats(pages * headDim, 5), headDim, gap);
        float[] radii = samples.floats(2 * pages, 3);
        var storedRadii = Samples.store(StorageFormat.F32, radii, SKIPPED);
        int row = pages + 3;
        float[] points = untouched(queryHeads * row + AT);
        float[] spheres = untouched(queryHeads * row + AT);
        kernel.centroid(digests.segment, SKIPPED, digests.stride, pages, points, AT, row);
        kernel.sphere(
                digests.segment,
                SKIPPED,
                digests.stride,
                storedRadii,
                SKIPPED,
                2 * Float.BYTES,
                pages,
                spheres,
                AT,
                row);
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
                double reach = radii[2 * page] * Math.sqrt(squares);
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
