package io.arkvale.tornado;

import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.Elements;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns many elements of 16 bits into numbers, and numbers into them. On the way they stand in arrays on the heap, over which
 * the virtual machine computes with vectors.
 */
final class Conversion {
    private static final int AT_ONCE = 4096;

    private final short[] bits = new short[AT_ONCE];
    private final float[] numbers = new float[AT_ONCE];

    /** Copies {@code count} elements, from one on, to numbers. */
    void toNumbers(MemorySegment source, ElementType type, long first, MemorySegment target, long at, int count) {
        for (int done = 0; done < count; done += AT_ONCE) {
            int some = Math.min(AT_ONCE, count - done);
            MemorySegment.copy(source, ValueLayout.JAVA_SHORT_UNALIGNED, (first + done) * Short.BYTES, bits, 0, some);
            if (type == ElementType.F16) {
                for (int i = 0; i < some; i++) {
                    numbers[i] = Float.float16ToFloat(bits[i]);
                }
            } else {
                for (int i = 0; i < some; i++) {
                    numbers[i] = Float.intBitsToFloat(bits[i] << 16);
                }
            }
            MemorySegment.copy(numbers, 0, target, ValueLayout.JAVA_FLOAT, (at + done) * Float.BYTES, some);
        }
    }

    /** Copies {@code count} numbers, from one on, to the elements nearest to them. */
    void toElements(MemorySegment source, long at, MemorySegment target, ElementType type, long first, int count) {
        for (int done = 0; done < count; done += AT_ONCE) {
            int some = Math.min(AT_ONCE, count - done);
            MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, (at + done) * Float.BYTES, numbers, 0, some);
            if (type == ElementType.F16) {
                for (int i = 0; i < some; i++) {
                    bits[i] = Float.floatToFloat16(numbers[i]);
                }
            } else {
                for (int i = 0; i < some; i++) {
                    bits[i] = (short) (Float.floatToRawIntBits(Elements.rounded(type, numbers[i])) >>> 16);
                }
            }
            MemorySegment.copy(bits, 0, target, ValueLayout.JAVA_SHORT_UNALIGNED, (first + done) * Short.BYTES, some);
        }
    }
}
