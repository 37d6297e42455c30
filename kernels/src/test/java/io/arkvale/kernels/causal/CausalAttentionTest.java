package io.arkvale.kernels.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.arkvale.kernels.DenseKernels;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Causal attention against a float64 oracle, within the bound that the cache's own attention is held to. */
class CausalAttentionTest {

    private record Shape(int queryHeads, int headDim, int tokens) {}

    private static final Shape[] SHAPES = {
        new Shape(1, 1, 3),
        new Shape(2, 7, 40),
        new Shape(3, 33, 300),
        new Shape(2, 64, 530),
        new Shape(1, 80, 257),
        new Shape(5, 96, 70),
        new Shape(4, 128, 100),
        new Shape(8, 256, 20),
    };

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void outputsLieWithinTheBoundOfFloat64(DenseKernels kernels) {
        for (var shape : SHAPES) {
            var sample = new Sample(kernels, shape, 1f, shape.tokens());
            sample.assertWithinBound(sample.attend(shape.tokens()));
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void hugeScoresNeitherOverflowNorLoseTheLargest(DenseKernels kernels) {
        var shape = new Shape(2, 64, 600);
        var sample = new Sample(kernels, shape, 60f, 1);
        var out = sample.attend(shape.tokens());
        for (float value : out) {
            assertThat(Float.isFinite(value)).isTrue();
        }
        sample.assertWithinBound(out);
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void aRowsBitsDoNotDependOnHowThePromptIsCut(DenseKernels kernels) {
        for (var shape : SHAPES) {
            var sample = new Sample(kernels, shape, 3f, 2);
            var whole = sample.attend(shape.tokens());
            for (int chunk : new int[] {1, 97, 256}) {
                assertThat(sample.attend(chunk))
                        .as("%s chunks of %d", shape, chunk)
                        .isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void aWindowHidesWhatIsBeforeIt(DenseKernels kernels) {
        for (var shape : new Shape[] {new Shape(2, 7, 40), new Shape(3, 33, 300), new Shape(2, 64, 530)}) {
            var sample = new Sample(kernels, shape, 3f, shape.tokens());
            for (int window : new int[] {1, 2, 31, 255, 256, 257, 1000}) {
                sample.assertWithinBound(sample.attend(shape.tokens(), window), window);
                sample.assertWithinBound(sample.attend(97, window), window);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void laterTokensHaveNoInfluence(DenseKernels kernels) {
        var shape = new Shape(2, 64, 300);
        var sample = new Sample(kernels, shape, 1f, 3);
        var out = sample.attend(shape.tokens());
        var huge = new float[64];
        Arrays.fill(huge, 1e30f);
        for (int position = 200; position < 300; position++) {
            sample.cache.put(position, huge, 0, huge, 0);
        }
        var changed = sample.attend(shape.tokens());
        int unchanged = 200 * 2 * 64;
        assertThat(Arrays.copyOf(changed, unchanged)).isEqualTo(Arrays.copyOf(out, unchanged));
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void mergedPartsEqualTheWholeWithinTheBound(DenseKernels kernels) {
        var shape = new Shape(4, 64, 1000);
        var sample = new Sample(kernels, shape, 1f, 4);
        int last = shape.tokens() - 1;
        int width = shape.queryHeads() * shape.headDim();
        var attention = sample.attention;
        var total = attention.newState(1);
        attention.begin(total, 1, sample.queries, last * width, width);
        for (int from = 0; from < shape.tokens(); from += 512) {
            var part = attention.newState(1);
            attention.begin(part, 1, sample.queries, last * width, width);
            attention.accumulate(sample.cache, last, from, Math.min(from + 512, shape.tokens()), part);
            attention.merge(total, part);
        }
        var out = sample.attend(shape.tokens());
        attention.finish(total, out, last * width, width);
        sample.assertWithinBound(out);
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void storedTokensReadBackAsTheyWere(DenseKernels kernels) {
        var sample = new Sample(kernels, new Shape(1, 33, 600), 1f, 5);
        var key = new float[33];
        var value = new float[33];
        for (int position = 0; position < 600; position++) {
            sample.cache.getKey(position, key, 0);
            sample.cache.getValue(position, value, 0);
            for (int i = 0; i < 33; i++) {
                assertThat(key[i]).isEqualTo(sample.keys[position * 33 + i]);
                assertThat(value[i]).isEqualTo(sample.values[position * 33 + i]);
            }
        }
    }

    @Test
    void nothingIsAllocatedOnceCompiled() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var sample = new Sample(DenseKernels.vector(), new Shape(2, 64, 512), 1f, 6);
        var state = sample.attention.newState(96);
        var out = new float[96 * 128];
        long allocated = Long.MAX_VALUE;
        // The compiler decides when; until its code runs, every vector is an object.
        for (int round = 0; round < 4000 && allocated > 0; round++) {
            long before = bean.getCurrentThreadAllocatedBytes();
            sample.attention.attend(sample.cache, 416, 96, sample.queries, 416 * 128, 128, out, 0, 128, state);
            allocated = bean.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).isZero();
    }

    /** Random queries, keys and values of one KV head. */
    private static final class Sample {
        final Shape shape;
        final CausalAttention attention;
        final PackedKeyValues cache;
        final float[] queries;
        final float[] keys;
        final float[] values;

        Sample(DenseKernels kernels, Shape shape, float magnitude, long seed) {
            this.shape = shape;
            var random = new Random(seed);
            attention = kernels.causalAttention(shape.queryHeads(), shape.headDim());
            queries = floats(random, shape.tokens() * shape.queryHeads() * shape.headDim(), magnitude);
            keys = floats(random, shape.tokens() * shape.headDim(), magnitude);
            values = floats(random, shape.tokens() * shape.headDim(), 1f);
            cache = kernels.keyValues(shape.headDim());
            cache.reserve(shape.tokens());
            for (int position = 0; position < shape.tokens(); position++) {
                int at = position * shape.headDim();
                cache.put(position, keys, at, values, at);
            }
        }

        float[] attend(int chunk) {
            return attend(chunk, Integer.MAX_VALUE);
        }

        float[] attend(int chunk, int window) {
            int width = shape.queryHeads() * shape.headDim();
            var out = new float[queries.length];
            var state = attention.newState(chunk);
            for (int start = 0; start < shape.tokens(); start += chunk) {
                int rows = Math.min(chunk, shape.tokens() - start);
                int at = start * width;
                attention.attend(cache, start, rows, window, queries, at, width, out, at, width, state);
            }
            return out;
        }

        /** {@code |o − o*| ≤ (e^{2δ} − 1 + γ(m+8)) · max|v|} with {@code δ = max γ(d+2) Σ|q_i k_i| / √d}. */
        void assertWithinBound(float[] out) {
            assertWithinBound(out, Integer.MAX_VALUE);
        }

        /** The same where a query attends to the last keys alone. */
        void assertWithinBound(float[] out, int window) {
            int d = shape.headDim();
            for (int row = 0; row < shape.tokens() * shape.queryHeads(); row++) {
                int visible = row / shape.queryHeads() + 1;
                int first = Math.max(0, visible - window);
                var scores = new double[visible];
                double largest = Double.NEGATIVE_INFINITY;
                double delta = 0;
                double largestValue = 0;
                for (int j = first; j < visible; j++) {
                    double magnitude = 0;
                    for (int i = 0; i < d; i++) {
                        double term = (double) queries[row * d + i] * keys[j * d + i];
                        scores[j] += term / Math.sqrt(d);
                        magnitude += Math.abs(term) / Math.sqrt(d);
                        largestValue = Math.max(largestValue, Math.abs(values[j * d + i]));
                    }
                    largest = Math.max(largest, scores[j]);
                    delta = Math.max(delta, gamma(d + 2) * magnitude);
                }
                var expected = new double[d];
                double sum = 0;
                for (int j = first; j < visible; j++) {
                    double weight = Math.exp(scores[j] - largest);
                    sum += weight;
                    for (int i = 0; i < d; i++) {
                        expected[i] += weight * values[j * d + i];
                    }
                }
                double bound = (Math.expm1(2 * delta) + gamma(visible + 8)) * largestValue;
                for (int i = 0; i < d; i++) {
                    double oracle = expected[i] / sum;
                    if (!(Math.abs(out[row * d + i] - oracle) <= bound + 0x1p-24 * Math.abs(oracle))) {
                        fail("%s row %d element %d is %s, not %s ± %s", shape, row, i, out[row * d + i], oracle, bound);
                    }
                }
            }
        }

        private static double gamma(int m) {
            return m * 0x1p-24 / (1 - m * 0x1p-24);
        }

        private static float[] floats(Random random, int count, float magnitude) {
            var values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = magnitude * (float) random.nextGaussian();
            }
            return values;
        }
    }
}
