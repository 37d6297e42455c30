package org.example.kvcache;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;

/** Elements as bytes, and as the float32 numbers that are computed with. */
final class Numbers {
    private Numbers() {}

    static float round(ElementType type, float number) {
        return switch (type) {
            case F32 -> number;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(number));
            case BF16 -> Float.intBitsToFloat(brainBits(number) << 16);
        };
    }

    static float read(ElementType type, MemorySegment source, long index) {
        return switch (type) {
            case F32 -> source.get(JAVA_FLOAT_UNALIGNED, 4 * index);
            case F16 -> Float.float16ToFloat(source.get(JAVA_SHORT_UNALIGNED, 2 * index));
            case BF16 -> Float.intBitsToFloat(source.get(JAVA_SHORT_UNALIGNED, 2 * index) << 16);
        };
    }

    static void write(ElementType type, MemorySegment target, long index, float number) {
        switch (type) {
            case F32 -> target.set(JAVA_FLOAT_UNALIGNED, 4 * index, number);
            case F16 -> target.set(JAVA_SHORT_UNALIGNED, 2 * index, Float.floatToFloat16(number));
            case BF16 -> target.set(JAVA_SHORT_UNALIGNED, 2 * index, (short) brainBits(number));
        }
    }

    private static int brainBits(float number) {
        var bits = Float.floatToRawIntBits(number);
        // A NaN keeps a bit set; everything else is rounded to nearest, ties to even.
        return Float.isNaN(number) ? bits >>> 16 | 0x40 : (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
    }
}
