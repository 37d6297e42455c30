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
        long exponents = switch (type) {
            case F32 -> 0x7f8000007f800000L;
            case F16 -> 0x7c007c007c007c00L;
            case BF16 -> 0x7f807f807f807f80L;
        };
        long signs = type == ElementType.F32 ? 0x8000000080000000L : 0x8000800080008000L;
        // The lowest bit of each exponent: added to one that is all ones, which no finite number has, it carries into
        // the
        // sign's place, and not beyond, since the sign is masked off before.
        long lowest = signs - exponents & exponents;
        long carried = 0;
        int together = Long.BYTES / type.bytes();
        long end = first + count;
        long i = first;
        for (; i <= end - together; i += together) {
            carried |= (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, i * type.bytes()) & exponents) + lowest;
        }
        boolean areFinite = (carried & signs) == 0;
        for (; i < end; i++) {
            areFinite &= Float.isFinite(get(memory, type, i));
        }
        return areFinite;
    }

    /** Bits whose upper half is the nearest bfloat16, ties to even; a NaN stays one. */
    private static int brainBits(float number) {
        int bits = Float.floatToRawIntBits(number);
        return Float.isNaN(number) ? bits | 0x400000 : bits + 0x7fff + (bits >>> 16 & 1);
    }
}
