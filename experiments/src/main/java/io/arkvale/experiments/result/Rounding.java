package io.arkvale.experiments.result;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as reports show them. */
public final class Rounding {
    private Rounding() {}

    /** The value with so many decimal places. */
    public static BigDecimal to(int places, double value) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP);
    }
}
