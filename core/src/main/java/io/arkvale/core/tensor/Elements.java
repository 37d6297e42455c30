package io.arkvale.core.tensor;

import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Elements in memory, one at a time, as the float32 numbers that they are computed with. Plain, and not for speed. */
public final class Elements {
    private Elements() {}

    /** The element at an index. */
    public static float get(MemorySegment memory, ElementType type, long index) {
        return switch (type) {
            case F32 -> memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * index);
            case F16 -> Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
            case BF16 -> Float.intBitsToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index) << 16);
        };
    }

    /** Puts the nearest element to a number at an index. */
    public static void set(MemorySegment memory, ElementType type, long index, float number) {
        switch (type) {
            case F32 -> memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * index, number);
            case F16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index, Float.floatToFloat16(number));
            case BF16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index, (short) (brainBits(number) >>> 16));
        }
    }

    /** The nearest number that an element can be. */
    public static float rounded(ElementType type, float number) {
        return switch (type) {
            case F32 -> number;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(number));
            case BF16 -> Float.intBitsToFloat(brainBits(number) & 0xffff0000);
        };
    }

    /** Whether {@code count} elements from an index on are all finite. */
    public static boolean areFinite(MemorySegment memory, ElementType type, long first, long count) {
        for (long i = first; i < first + count; i++) {
            if (!Float.isFinite(get(memory, type, i))) {
                return false;
            }
        }
        return true;
    }

    /** Bits whose upper half is the nearest bfloat16, ties to even; a NaN stays one. */
    private static int brainBits(float number) {
        int bits = Float.floatToRawIntBits(number);
        return Float.isNaN(number) ? bits | 0x400000 : bits + 0x7fff + (bits >>> 16 & 1);
    }
}
