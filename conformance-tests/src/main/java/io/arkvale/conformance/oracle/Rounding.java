package io.arkvale.conformance.oracle;

/** Units of rounding of the specification's bounds. */
public final class Rounding {
    /** Unit roundoff of float32. */
    public static final double UNIT = 0x1p-24;

    /** Smallest positive float32: what a product that underflows may be wrong by. */
    public static final double UNDERFLOW = 0x1p-149;

    private Rounding() {}

    /** {@code γ(m) = m·u/(1 − m·u)}: the largest relative error of {@code m} float32 operations in a row. */
    public static double gamma(long operations) {
        return operations * UNIT / (1 - operations * UNIT);
    }
}
