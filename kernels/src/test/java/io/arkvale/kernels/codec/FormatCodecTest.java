package io.arkvale.kernels.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.Samples;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FormatCodecTest {
    private static final long SKIPPED = 3; // an odd number of bytes: nothing may rely on alignment

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void decodesEveryBitPatternAsTheFormatSays(Kernels kernels, StorageFormat format) {
        var segment = Arena.ofAuto().allocate(SKIPPED + (1L << 16) * format.bytes());
        for (int i = 0; i < 1 << 16; i++) {
            format.set(segment, SKIPPED + (long) i * format.bytes(), format.decode(pattern(format, i)));
        }
        var decoded = new float[1 << 16];
        kernels.codec(format).decode(segment, SKIPPED, decoded, 0, decoded.length);
        for (int i = 0; i < decoded.length; i++) {
            assertSame(decoded[i], format.decode(pattern(format, i)));
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void encodesAsTheFormatSays(Kernels kernels, StorageFormat format) {
        // Every exponent, with significands on, just above and just below the points where rounding turns.
        int[] significands = {0, 1, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x3001, 0x7fff, 0x8000, 0x8001, 0x7fffff};
        var numbers = new float[2 * 256 * significands.length];
        int count = 0;
        for (int signAndExponent = 0; signAndExponent < 512; signAndExponent++) {
            for (int significand : significands) {
                numbers[count++] = Float.intBitsToFloat(signAndExponent << 23 | significand);
            }
        }
        var segment = Arena.ofAuto().allocate(SKIPPED + (long) count * format.bytes());
        kernels.codec(format).encode(numbers, 0, segment, SKIPPED, count);
        for (int i = 0; i < count; i++) {
            float stored = format.get(segment, SKIPPED + (long) i * format.bytes());
            assertSame(stored, format.round(numbers[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void touchesNothingBeyondWhatIsAsked(Kernels kernels, StorageFormat format) {
        var codec = kernels.codec(format);
        for (int count : new int[] {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33}) {
            float[] numbers = new Samples(count).floats(count + 4, 10);
            var segment = Samples.store(format, new float[count + 4], (int) SKIPPED);
            codec.encode(numbers, 2, segment, SKIPPED + 2L * format.bytes(), count);
            var back = new float[count + 6];
            codec.decode(segment, SKIPPED + 2L * format.bytes(), back, 3, count);
            for (int i = 0; i < count + 4; i++) {
                boolean asked = i >= 2 && i < count + 2;
                assertThat(format.get(segment, SKIPPED + (long) i * format.bytes()))
                        .isEqualTo(asked ? format.round(numbers[i]) : 0);
            }
            for (int i = 0; i < back.length; i++) {
                boolean asked = i >= 3 && i < count + 3;
                assertThat(back[i]).isEqualTo(asked ? format.round(numbers[i - 1]) : 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void findsANonFiniteNumberWhereverItIs(Kernels kernels, StorageFormat format) {
        var codec = kernels.codec(format);
        float[] unusual = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (int count : new int[] {0, 1, 5, 16, 17, 33, 100}) {
            // Beyond the range on both sides stands what must not be seen.
            var numbers = new float[count + 2];
            numbers[0] = Float.NaN;
            numbers[count + 1] = Float.NaN;
            float largest = format.decode(format.encode(Float.POSITIVE_INFINITY) - 1);
            for (int i = 1; i <= count; i++) {
                numbers[i] = i % 2 == 0 ? largest : -largest;
            }
            var segment = Samples.store(format, numbers, (int) SKIPPED);
            long first = SKIPPED + format.bytes();
            assertThat(codec.allFinite(segment, first, count)).isTrue();
            for (int i = 0; i < count; i++) {
                format.set(segment, first + (long) i * format.bytes(), unusual[i % unusual.length]);
                assertThat(codec.allFinite(segment, first, count))
                        .as("%d of %d", i, count)
                        .isFalse();
                format.set(segment, first + (long) i * format.bytes(), 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernelsAndFormats")
    void refusesToLeaveTheSegment(Kernels kernels, StorageFormat format) {
        var codec = kernels.codec(format);
        var segment = MemorySegment.ofArray(new byte[40 * format.bytes()]);
        for (int count : new int[] {1, 16, 40}) {
            long offset = segment.byteSize() - (long) count * format.bytes() + 1;
            assertThatThrownBy(() -> codec.decode(segment, offset, new float[count], 0, count))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> codec.encode(new float[count], 0, segment, offset, count))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> codec.allFinite(segment, offset, count))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static int pattern(StorageFormat format, int i) {
        // For float32 the patterns are spread over all exponents.
        return format == StorageFormat.F32 ? i << 16 | i : i;
    }

    private static void assertSame(float actual, float expected) {
        if (Float.isNaN(expected)) {
            assertThat(actual).isNaN();
        } else {
            assertThat(Float.floatToRawIntBits(actual))
                    .as("%a for %a", actual, expected)
                    .isEqualTo(Float.floatToRawIntBits(expected));
        }
    }
}
