package io.arkvale.kernels.storage;

/**
 * Numbers of bfloat16 that bound others: the upper 16 bits of a float32. {@link StorageFormat} rounds to the nearest.
 */
public final class Bfloat16 {
    private static final int HIGHEST = 0x7F7F; // of a finite number

    private Bfloat16() {}

    /** The number of some bits, of which the lowest 16 count. */
    public static float widened(int bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Bits of the least number that is not below a number of at least 0; of the largest finite one at most. */
    public static int above(double number) {
        float rounded = (float) number;
        int bits = Float.floatToRawIntBits(rounded < number ? Math.nextUp(rounded) : rounded);
        return Math.min((bits >>> 16) + ((bits & 0xFFFF) == 0 ? 0 : 1), HIGHEST);
    }

    /** Bits of the largest number that is not above a number; of the least finite one at least. */
    public static int below(double number) {
        if (number < 0) {
            return above(-number) | 0x8000;
        }
        float rounded = (float) number;
        return Float.floatToRawIntBits(rounded > number ? Math.nextDown(rounded) : rounded) >>> 16;
    }
}
