package io.arkvale.kernels.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.Samples;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with weights in place, at awkward sizes, against float64 and against the same weights widened. */
class StoredMatrixKernelTest {
    private static final int[] OUTPUTS = {1, 2, 3, 4, 5, 15, 16, 17, 31, 33, 65};
    private static final int[] INPUTS = {1, 7, 8, 15, 16, 17, 63, 64, 65, 130};
    /** On either side of a group's end. */
    private static final int[] GROUPED_INPUTS = {1023, 1024, 1025, 1031, 2048, 2061};

    private static final int ROWS = 7;

    static Stream<Arguments> kernelsAndFormats() {
        return Samples.denseKernels()
                .flatMap(kernels -> Stream.of(StorageFormat.values()).map(format -> Arguments.of(kernels, format)));
    }

    private static MemorySegment stored(StorageFormat format, float[] numbers) {
        // Exactly as long as the numbers are: nothing beyond may be read.
        return Samples.store(format, numbers, 0);
    }

    @ParameterizedTest
    @MethodSource("kernelsAndFormats")
    void productsEqualFloat64(DenseKernels kernels, StorageFormat format) {
        var samples = new Samples(1);
        for (int outputs : OUTPUTS) {
            for (int inputs : INPUTS) {
                float[] weights = samples.floats(outputs * inputs, 1);
                double[] exact = Samples.stored(format, weights);
                var matrix = kernels.stored(format, stored(format, weights), outputs, inputs);
                float[] x = samples.floats(ROWS * inputs, 1);
                assertProducts(matrix, exact, x, 2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void eightBitProductsEqualFloat64OfTheRoundedWeights(DenseKernels kernels) {
        var samples = new Samples(2);
        try (var arena = Arena.ofConfined()) {
            for (int outputs : OUTPUTS) {
                for (int inputs : outputs > 5 ? INPUTS : both(INPUTS, GROUPED_INPUTS)) {
                    float[] weights = samples.floats(outputs * inputs, 3);
                    var building = kernels.eightBits(outputs, inputs, arena);
                    var exact = new double[weights.length];
                    for (int output = 0; output < outputs; output++) {
                        building.setRow(output, weights, output * inputs);
                        round(weights, output * inputs, inputs, exact);
                    }
                    var matrix = building.matrix();
                    var row = new float[inputs];
                    for (int output = 0; output < outputs; output++) {
                        matrix.getRow(output, row, 0);
                        for (int i = 0; i < inputs; i++) {
                            double expected = exact[output * inputs + i];
                            Samples.assertClose(row[i], expected, 2 * Samples.U * Math.abs(expected));
                        }
                    }
                    // Widening rounds once more, and a group is summed before it is scaled.
                    assertProducts(matrix, exact, samples.floats(ROWS * inputs, 1), 5);
                }
            }
        }
    }

    private static int[] both(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void aProductsBitsDoNotDependOnTheRowsAround(DenseKernels kernels) {
        var samples = new Samples(5);
        int outputs = 64 + 7;
        int inputs = 1024 + 13;
        float[] weights = samples.floats(outputs * inputs, 1);
        float[] x = samples.floats(ROWS * inputs, 1);
        try (var arena = Arena.ofConfined()) {
            var together = kernels.eightBits(outputs, inputs, arena);
            for (int output = 0; output < outputs; output++) {
                together.setRow(output, weights, output * inputs);
            }
            float[] all = multiply(together.matrix(), x, false);
            var stored = kernels.stored(StorageFormat.F32, stored(StorageFormat.F32, weights), outputs, inputs);
            float[] allStored = multiply(stored, x, false);
            for (int output = 0; output < outputs; output++) {
                var alone = kernels.eightBits(1, inputs, arena);
                alone.setRow(0, weights, output * inputs);
                float[] one = multiply(alone.matrix(), x, false);
                float[] own = Arrays.copyOfRange(weights, output * inputs, (output + 1) * inputs);
                float[] oneStored = multiply(
                        kernels.stored(StorageFormat.F32, stored(StorageFormat.F32, own), 1, inputs), x, false);
                for (int row = 0; row < ROWS; row++) {
                    assertThat(all[row * (outputs + 2) + 1 + output]).isEqualTo(one[row * 3 + 1]);
                    assertThat(allStored[row * (outputs + 2) + 1 + output]).isEqualTo(oneStored[row * 3 + 1]);
                }
            }
        }
    }

    /** What a byte and its group's scale stand for, in float64. */
    private static void round(float[] weights, int offset, int inputs, double[] target) {
        for (int group = 0; group < inputs; group += EightBitRows.GROUP) {
            int end = Math.min(inputs, group + EightBitRows.GROUP);
            float largest = 0;
            for (int i = group; i < end; i++) {
                largest = Math.max(largest, Math.abs(weights[offset + i]));
            }
            float scale = largest / 127;
            for (int i = group; i < end; i++) {
                int rounded = scale == 0 ? 0 : Math.round(weights[offset + i] / scale);
                target[offset + i] = (double) rounded * scale;
                assertThat(Math.abs(target[offset + i] - weights[offset + i])).isLessThanOrEqualTo(0.51 * scale);
            }
        }
    }

    private static void assertProducts(StoredMatrix matrix, double[] weights, float[] x, int moreRoundings) {
        int inputs = matrix.inputs();
        int outputs = matrix.outputs();
        float[] many = multiply(matrix, x, true);
        float[] few = multiply(matrix, x, false);
        for (int row = 0; row < ROWS; row++) {
            for (int n = 0; n < outputs; n++) {
                double sum = 0;
                double magnitude = 0;
                for (int k = 0; k < inputs; k++) {
                    double term = x[row * inputs + k] * weights[n * inputs + k];
                    sum += term;
                    magnitude += Math.abs(term);
                }
                double tolerance = Samples.gamma(inputs + moreRoundings) * magnitude;
                Samples.assertClose(many[row * (outputs + 2) + n + 1], sum, tolerance);
                Samples.assertClose(few[row * (outputs + 2) + n + 1], sum, tolerance);
            }
            // Neither writes beside its columns.
            assertThat(many[row * (outputs + 2)]).isNaN();
            assertThat(many[row * (outputs + 2) + outputs + 1]).isNaN();
            assertThat(few[row * (outputs + 2)]).isNaN();
            assertThat(few[row * (outputs + 2) + outputs + 1]).isNaN();
        }
    }

    /** {@code [ROWS, outputs + 2]}, a NaN on either side of each row. */
    private static float[] multiply(WeightMatrix matrix, float[] x, boolean many) {
        int stride = matrix.outputs() + 2;
        var c = new float[ROWS * stride];
        Arrays.fill(c, Float.NaN);
        var scratch = new float[matrix.scratch()];
        Arrays.fill(scratch, Float.NaN);
        for (int part = 0; part < (many ? matrix.parts() : matrix.eachParts()); part++) {
            if (many) {
                matrix.multiply(part, ROWS, x, 0, matrix.inputs(), c, 1, stride, scratch);
            } else {
                matrix.multiplyEach(part, ROWS, x, 0, matrix.inputs(), c, 1, stride, scratch);
            }
        }
        return c;
    }

    @ParameterizedTest
    @MethodSource("kernelsAndFormats")
    void aRowsBitsDoNotDependOnItsCompanyNorOnTheFormat(DenseKernels kernels, StorageFormat format) {
        var samples = new Samples(3);
        int outputs = 37;
        int inputs = 133;
        float[] weights = samples.floats(outputs * inputs, 1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = format.round(weights[i]);
        }
        var matrix = kernels.stored(format, stored(format, weights), outputs, inputs);
        var widened = kernels.stored(StorageFormat.F32, stored(StorageFormat.F32, weights), outputs, inputs);
        var packed = kernels.matrix(outputs, inputs);
        for (int n = 0; n < outputs; n++) {
            packed.setRow(n, weights, n * inputs);
        }
        float[] x = samples.floats(ROWS * inputs, 1);
        float[] many = multiply(matrix, x, true);
        float[] few = multiply(matrix, x, false);
        assertThat(many).isEqualTo(multiply(widened, x, true)).isEqualTo(multiply(packed, x, true));
        assertThat(few).isEqualTo(multiply(widened, x, false));
        var scratch = new float[matrix.scratch()];
        for (int row = 0; row < ROWS; row++) {
            var alone = new float[outputs];
            var aloneMany = new float[outputs];
            for (int part = 0; part < matrix.eachParts(); part++) {
                matrix.multiplyEach(part, 1, x, row * inputs, inputs, alone, 0, outputs, scratch);
            }
            for (int part = 0; part < matrix.parts(); part++) {
                matrix.multiply(part, 1, x, row * inputs, inputs, aloneMany, 0, outputs, scratch);
            }
            int at = row * (outputs + 2) + 1;
            assertThat(alone).isEqualTo(Arrays.copyOfRange(few, at, at + outputs));
            assertThat(aloneMany).isEqualTo(Arrays.copyOfRange(many, at, at + outputs));
        }
    }

    @Test
    void aSegmentOfAnotherSizeIsRefused() {
        var segment = MemorySegment.ofArray(new byte[30]);
        assertThatThrownBy(() -> DenseKernels.vector().stored(StorageFormat.BF16, segment, 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the segment has 30 bytes, but 4 × 4 weights in BF16 take 32");
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#denseKernels")
    void keysAndValuesOfSixteenBitsAreAttendedToAsTheyReadBack(DenseKernels kernels) {
        var samples = new Samples(4);
        int headDim = 24;
        int tokens = 300;
        float[] keys = samples.floats(tokens * headDim, 2);
        float[] values = samples.floats(tokens * headDim, 1);
        float[] query = samples.floats(headDim, 2);
        var attention = kernels.causalAttention(1, headDim);
        for (var format : new StorageFormat[] {StorageFormat.F16, StorageFormat.BF16}) {
            var stored = kernels.keyValues(format, headDim);
            var rounded = kernels.keyValues(headDim);
            stored.reserve(tokens);
            rounded.reserve(tokens);
            var key = new float[headDim];
            var value = new float[headDim];
            for (int token = 0; token < tokens; token++) {
                stored.put(token, keys, token * headDim, values, token * headDim);
                stored.getKey(token, key, 0);
                stored.getValue(token, value, 0);
                assertThat(key[3]).isEqualTo(format.round(keys[token * headDim + 3]));
                assertThat(value[3]).isEqualTo(format.round(values[token * headDim + 3]));
                rounded.put(token, key, 0, value, 0);
            }
            var out = new float[headDim];
            var expected = new float[headDim];
            attention.attend(stored, tokens - 1, 1, query, 0, headDim, out, 0, headDim, attention.newState(1));
            attention.attend(rounded, tokens - 1, 1, query, 0, headDim, expected, 0, headDim, attention.newState(1));
            assertThat(out).isEqualTo(expected);
        }
    }
}
