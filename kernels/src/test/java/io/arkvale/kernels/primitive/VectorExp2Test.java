package io.arkvale.kernels.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.kernels.Samples;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorExp2Test {
    /** The polynomial's error, below 1e-7, and two roundings of the values next to 1. */
    private static final double RELATIVE_ERROR = 1.7e-7;

    @Test
    void liesWithinItsErrorOfThePowerInFloat64() {
        var random = new Samples(1);
        for (int i = 0; i < 200_000; i++) {
            float x = random.floats(1, 1)[0] * 126;
            double expected = Math.pow(2, x);
            assertThat(Math.abs(exp2(x) - expected)).as("2^%a", x).isLessThanOrEqualTo(RELATIVE_ERROR * expected);
        }
    }

    @Test
    void isExactAtIntegersAndZeroFarBelow() {
        for (int x = -126; x <= 127; x++) {
            assertThat(exp2(x)).isEqualTo(Math.scalb(1f, x));
        }
        for (float x : new float[] {Math.nextDown(-126f), -200, -1e30f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}) {
            assertThat(exp2(x)).isZero();
        }
        assertThat(exp2(Float.NaN)).isNaN();
    }

    private static float exp2(float x) {
        return VectorExp2.exp2(FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, x))
                .lane(0);
    }
}
