package io.arkvale.api;

/**
 * Type in which a cache stores keys, values, digest vectors and in which queries and outputs travel.
 *
 * <p>Arithmetic on elements is done in float32 or better; storing rounds to nearest, ties to even.
 */
public enum ElementType {
    /** IEEE 754 binary32. Products are float32 products, never TF32. */
    F32(4, 0x1p-24, Float.MAX_VALUE),
    /** IEEE 754 binary16. */
    F16(2, 0x1p-11, 65504),
    /** bfloat16: the upper half of a binary32. */
    BF16(2, 0x1p-8, 0x1.FEp127f);

    private final int bytes;
    private final double unitRoundoff;
    private final float largest;

    ElementType(int bytes, double unitRoundoff, float largest) {
        this.bytes = bytes;
        this.unitRoundoff = unitRoundoff;
        this.largest = largest;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Largest relative error of rounding a normal number to this type (half a unit in the last place). */
    public double unitRoundoff() {
        return unitRoundoff;
    }

    /** The largest finite number of the type. */
    public float largest() {
        return largest;
    }
}
