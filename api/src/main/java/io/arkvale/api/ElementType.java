package io.arkvale.api;

/**
 * Type in which a cache stores keys, values, digest vectors and in which queries and outputs travel.
 *
 * <p>Arithmetic on elements is done in float32 or better; storing rounds to nearest, ties to even.
 */
public enum ElementType {
    /** IEEE 754 binary32. Products are float32 products, never TF32. */
    F32(4, 0x1p-24),
    /** IEEE 754 binary16. */
    F16(2, 0x1p-11),
    /** bfloat16: the upper half of a binary32. */
    BF16(2, 0x1p-8);

    private final int bytes;
    private final double unitRoundoff;

    ElementType(int bytes, double unitRoundoff) {
        this.bytes = bytes;
        this.unitRoundoff = unitRoundoff;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Largest relative error of rounding a normal number to this type (half a unit in the last place). */
    public double unitRoundoff() {
        return unitRoundoff;
    }
}
