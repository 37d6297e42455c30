package io.arkvale.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Test data, and float64 arithmetic on what was really stored. */
public final class Samples {
    /** Unit roundoff of float32. */
    public static final double U = StorageFormat.F32.unitRoundoff();

    /** Lengths around every number of lanes a machine has, and those of real models. */
    public static final List<Integer> AWKWARD_LENGTHS =
            List.of(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 80, 96, 128, 257);

    private final SplittableRandom random;

    public Samples(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Every implementation with every format. */
    public static Stream<?> kernelsAndFormats() {
        return kernels()
                .flatMap(kernels -> Stream.of(StorageFormat.values())
                        .map(format -> Arguments.argumentSet(kernels.description() + ", " + format, kernels, format)));
    }

    public static Stream<Kernels> kernels() {
        return Stream.of(Kernels.scalar(), Kernels.vector());
    }

    /** Both ways of computing a forward pass. */
    public static Stream<DenseKernels> denseKernels() {
        return Stream.of(DenseKernels.scalar(), DenseKernels.vector());
    }

    /** The bound on the relative error of {@code operations} roundings of float32. */
    public static double gamma(int operations) {
        return operations * U / (1 - operations * U);
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** Numbers from {@code -range} to {@code range}. */
    public float[] floats(int count, double range) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (range * (2 * random.nextDouble() - 1));
        }
        return numbers;
    }

    /** A segment holding the numbers after {@code skipped} bytes that belong to nobody. */
    public static MemorySegment store(StorageFormat format, float[] numbers, int skipped) {
        var segment = Arena.ofAuto().allocate(skipped + (long) numbers.length * format.bytes());
        for (int i = 0; i < numbers.length; i++) {
            format.set(segment, skipped + (long) i * format.bytes(), numbers[i]);
        }
        return segment;
    }

    /** The numbers as they read from storage. */
    public static double[] stored(StorageFormat format, float[] numbers) {
        var result = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            result[i] = format.round(numbers[i]);
        }
        return result;
    }

    /** AssertJ's check, made only when it fails: it is asked millions of times. */
    public static void assertClose(double actual, double expected, double tolerance) {
        if (!(Math.abs(actual - expected) <= tolerance)) {
            assertThat(actual).isCloseTo(expected, within(tolerance));
        }
    }
}
