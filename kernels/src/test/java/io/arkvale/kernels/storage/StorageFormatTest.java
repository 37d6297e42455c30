package io.arkvale.kernels.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StorageFormatTest {
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everyStoredNumberSurvivesDecodingAndEncoding(StorageFormat format) {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = format.decode(bits);
            if (Float.isNaN(value)) {
                assertThat(format.decode(format.encode(value))).isNaN();
            } else {
                assertThat(format.encode(value)).as("bits %04x", bits).isEqualTo(bits);
            }
        }
    }

    /** The nearest of all 65,536 numbers by comparison in float64, the even one of two equally near. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void encodingRoundsToTheNearestAndTiesToEven(StorageFormat format) {
        int infinity = format.encode(Float.POSITIVE_INFINITY);
        var random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            int lower = random.nextInt(infinity);
            double below = Math.abs((double) format.decode(lower));
            // The number after the largest, if exponents went on: what overflows is decided against it.
            double above =
                    lower + 1 == infinity ? below + (below - format.decode(lower - 1)) : format.decode(lower + 1);
            boolean tie = i % 4 == 0;
            float value = (float) (tie ? below + (above - below) / 2 : below + (above - below) * random.nextDouble());
            double toBelow = value - below;
            double toAbove = above - value;
            boolean up = toAbove < toBelow || (toAbove == toBelow && (lower & 1) == 1);
            int expected = up ? lower + 1 : lower;
            assertThat(format.encode(value)).as("%s of %a", format, value).isEqualTo(expected);
            int sign = 1 << (8 * format.bytes() - 1);
            assertThat(format.encode(-value)).as("%s of %a", format, -value).isEqualTo(expected | sign);
        }
    }

    @ParameterizedTest
    @CsvSource({"F16, 65504, 65519.996, 65520", "BF16, 0x1.fep127, 0x1.fefffep127, 0x1.ffp127"})
    void roundingOverflowsToInfinity(StorageFormat format, String largest, String roundsDown, String roundsUp) {
        float greatest = Float.parseFloat(largest + (largest.contains("p") ? "" : "f"));
        assertThat(format.round(Float.parseFloat(roundsDown))).isEqualTo(greatest);
        assertThat(format.round(Float.parseFloat(roundsUp))).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(format.round(-Float.MAX_VALUE)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @EnumSource
    void notANumberStaysNotANumber(StorageFormat format) {
        for (int bits : new int[] {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff}) {
            assertThat(format.round(Float.intBitsToFloat(bits)))
                    .as("%08x", bits)
                    .isNaN();
        }
    }

    @Test
    void unitRoundoffIsHalfAStepAboveOne() {
        assertThat(StorageFormat.F32.unitRoundoff()).isEqualTo(Math.ulp(1f) / 2);
        assertThat(StorageFormat.F16.unitRoundoff()).isEqualTo((StorageFormat.F16.decode(0x3c01) - 1) / 2);
        assertThat(StorageFormat.BF16.unitRoundoff()).isEqualTo((StorageFormat.BF16.decode(0x3f81) - 1) / 2);
    }
}
