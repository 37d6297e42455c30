package io.arkvale.conformance.data;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;

/** Conversion between float32 numbers and elements of a cache, rounding to nearest even. */
public final class Elements {
    private Elements() {}

    /** The nearest number of the type, ties to even. */
    public static float round(ElementType type, float number) {
        return decode(type, encode(type, number));
    }

    /** Smallest positive number of the type. */
    public static double smallestSubnormal(ElementType type) {
        return switch (type) {
            case F32 -> 0x1p-149;
            case F16 -> 0x1p-24;
            case BF16 -> 0x1p-133;
        };
    }

    /** A new heap segment of the numbers. */
    public static MemorySegment segment(ElementType type, float[] numbers) {
        var segment = MemorySegment.ofArray(new byte[Math.multiplyExact(numbers.length, type.bytes())]);
        for (var i = 0; i < numbers.length; i++) {
            var bits = encode(type, numbers[i]);
            if (type == ElementType.F32) {
                segment.set(JAVA_FLOAT_UNALIGNED, 4L * i, numbers[i]);
            } else {
                segment.set(JAVA_SHORT_UNALIGNED, 2L * i, (short) bits);
            }
        }
        return segment;
    }

    /** The number at an index of a segment. */
    public static float get(ElementType type, MemorySegment segment, long index) {
        return type == ElementType.F32
                ? segment.get(JAVA_FLOAT_UNALIGNED, 4 * index)
                : decode(type, segment.get(JAVA_SHORT_UNALIGNED, 2 * index));
    }

    private static int encode(ElementType type, float number) {
        return switch (type) {
            case F32 -> Float.floatToRawIntBits(number);
            case F16 -> Float.floatToFloat16(number);
            case BF16 -> encodeBrain(number);
        };
    }

    private static float decode(ElementType type, int bits) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat(bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat(bits << 16);
        };
    }

    private static int encodeBrain(float number) {
        var bits = Float.floatToRawIntBits(number);
        if (Float.isNaN(number)) {
            return bits >>> 16 | 0x40;
        }
        return (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
    }
}
