package io.arkvale.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.weights.PackedMatrix;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products and row operations at awkward sizes against float64. */
class DenseKernelsTest {

    private static final int[] SIZES = {1, 2, 3, 5, 6, 7, 12, 15, 16, 17, 31, 33, 63, 64, 65, 96, 129};

    static Stream<Arguments> kernelsAndSizes() {
        return Samples.denseKernels()
                .flatMap(kernels -> Arrays.stream(SIZES).mapToObj(size -> Arguments.of(kernels, size)));
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void productsEqualFloat64WithinTheErrorOfAChainOfAdditions(DenseKernels kernels, int outputs) {
        var random = new Random(outputs);
        for (int inputs : new int[] {1, 3, 64, 257}) {
            var weights = floats(random, outputs * inputs);
            var packed = packed(kernels, outputs, inputs, weights);
            for (int rows : new int[] {1, 2, 5, 6, 7, 13}) {
                var x = floats(random, rows * inputs);
                var product = new float[rows * outputs];
                packed.multiply(rows, x, 0, inputs, product, 0, outputs);
                for (int row = 0; row < rows; row++) {
                    for (int n = 0; n < outputs; n++) {
                        double sum = 0;
                        double magnitude = 0;
                        for (int k = 0; k < inputs; k++) {
                            double term = (double) x[row * inputs + k] * weights[n * inputs + k];
                            sum += term;
                            magnitude += Math.abs(term);
                        }
                        assertThat((double) product[row * outputs + n])
                                .as("%s rows %d outputs %d inputs %d", kernels.description(), rows, outputs, inputs)
                                .isCloseTo(sum, within((inputs + 1) * 0x1p-24 * magnitude));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void aRowOfAProductDoesNotDependOnTheRowsBesideIt(DenseKernels kernels, int outputs) {
        var random = new Random(outputs);
        int inputs = 70;
        int rows = 17;
        var packed = packed(kernels, outputs, inputs, floats(random, outputs * inputs));
        var x = floats(random, rows * inputs);
        var together = new float[rows * outputs];
        packed.multiply(rows, x, 0, inputs, together, 0, outputs);
        var apart = new float[rows * outputs];
        for (int row = 0; row < rows; row++) {
            for (int part = 0; part < packed.parts(); part++) {
                packed.multiply(part, 1, x, row * inputs, inputs, apart, row * outputs, outputs, new float[0]);
            }
        }
        assertThat(apart).isEqualTo(together);
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void productsWriteNothingOutsideTheirRows(DenseKernels kernels, int outputs) {
        var random = new Random(outputs);
        int stride = outputs + 3;
        var packed = packed(kernels, outputs, 9, floats(random, outputs * 9));
        var product = new float[7 * stride + 4];
        Arrays.fill(product, Float.NaN);
        packed.multiply(7, floats(random, 7 * 9), 0, 9, product, 4, stride);
        for (int i = 0; i < product.length; i++) {
            boolean inside = i >= 4 && (i - 4) % stride < outputs;
            assertThat(Float.isNaN(product[i])).as("index %d", i).isEqualTo(!inside);
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void packedRowsReadBackAsTheyWere(DenseKernels kernels, int outputs) {
        var weights = floats(new Random(outputs), outputs * 11);
        var packed = packed(kernels, outputs, 11, weights);
        var read = new float[weights.length];
        for (int n = 0; n < outputs; n++) {
            packed.getRow(n, read, n * 11);
        }
        assertThat(read).isEqualTo(weights);
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void rmsNormDividesByTheRootOfTheMeanSquare(DenseKernels kernels, int count) {
        var random = new Random(count);
        var x = floats(random, count + 2);
        var weight = floats(random, count);
        var out = new float[count + 1];
        kernels.rows().rmsNorm(x, 2, weight, 1e-5f, out, 1, count);
        double squares = 0;
        for (int i = 0; i < count; i++) {
            squares += (double) x[2 + i] * x[2 + i];
        }
        for (int i = 0; i < count; i++) {
            double expected = weight[i] * x[2 + i] / Math.sqrt(squares / count + 1e-5);
            assertThat((double) out[1 + i]).isCloseTo(expected, within(1e-5 * Math.abs(expected)));
        }
        assertThat(out[0]).isZero();
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void rotationTurnsEachPairByItsAngle(DenseKernels kernels, int half) {
        var random = new Random(half);
        var x = floats(random, 2 * half + 1);
        var before = x.clone();
        var cosines = new float[half + 1];
        var sines = new float[half + 1];
        for (int i = 0; i < half; i++) {
            double angle = random.nextDouble() * 6;
            cosines[1 + i] = (float) Math.cos(angle);
            sines[1 + i] = (float) Math.sin(angle);
        }
        kernels.rows().rotateHalf(x, 1, cosines, sines, 1, half);
        assertThat(x[0]).isEqualTo(before[0]);
        for (int i = 1; i <= half; i++) {
            double first = (double) before[i] * cosines[i] - (double) before[half + i] * sines[i];
            double second = (double) before[half + i] * cosines[i] + (double) before[i] * sines[i];
            assertThat((double) x[i]).isCloseTo(first, within(1e-6));
            assertThat((double) x[half + i]).isCloseTo(second, within(1e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void siluMultiplyAndAddEqualFloat64(DenseKernels kernels, int count) {
        var random = new Random(count);
        var gate = floats(random, count);
        gate[0] = count % 2 == 0 ? 200f : -200f;
        var up = floats(random, count + 1);
        var out = new float[count];
        kernels.rows().siluMultiply(gate, 0, up, 1, out, 0, count);
        for (int i = 0; i < count; i++) {
            double expected = gate[i] / (1 + Math.exp(-gate[i])) * up[1 + i];
            assertThat((double) out[i]).isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-30));
        }
        var sum = gate.clone();
        kernels.rows().add(sum, 0, up, 1, count);
        for (int i = 0; i < count; i++) {
            assertThat(sum[i]).isEqualTo(gate[i] + up[1 + i]);
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void geluMultiplyAndScaleEqualFloat64(DenseKernels kernels, int count) {
        var random = new Random(count);
        var gate = floats(random, count);
        gate[0] = count % 2 == 0 ? 50f : -50f;
        var up = floats(random, count + 1);
        var out = new float[count];
        kernels.rows().geluMultiply(gate, 0, up, 1, out, 0, count);
        for (int i = 0; i < count; i++) {
            double inner = Math.sqrt(2 / Math.PI) * (gate[i] + 0.044715 * gate[i] * gate[i] * gate[i]);
            double expected = 0.5 * gate[i] * (1 + Math.tanh(inner)) * up[1 + i];
            assertThat((double) out[i]).isCloseTo(expected, within(2e-6 * Math.abs(expected) + 1e-7));
        }
        var scaled = gate.clone();
        kernels.rows().scale(scaled, 0, 0.3f, count);
        for (int i = 0; i < count; i++) {
            assertThat(scaled[i]).isEqualTo(gate[i] * 0.3f);
        }
    }

    private static PackedMatrix packed(DenseKernels kernels, int outputs, int inputs, float[] weights) {
        var packed = kernels.matrix(outputs, inputs);
        for (int n = 0; n < outputs; n++) {
            packed.setRow(n, weights, n * inputs);
        }
        return packed;
    }

    private static float[] floats(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
