package io.arkvale.kernels.primitive;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/** 2^x by a polynomial on the fraction of x and integer arithmetic on the exponent; relative error below 1.7e-7. */
public final class VectorExp2 {

    /** Adding 1.5 · 2²³ rounds to an integer, which then stands in the lowest bits. */
    private static final float ROUND = 12582912f;

    private static final int SIGNIFICAND_BITS = 23;

    /** Minimax coefficients of (2^f − 1) / f for f in [−½, ½], from the constant up. */
    private static final float C1 = 0.693147f;

    private static final float C2 = 0.24022242f;
    private static final float C3 = 0.055507336f;
    private static final float C4 = 0.009671513f;
    private static final float C5 = 0.0013264727f;

    private VectorExp2() {}

    /** 2^x for x up to 127; zero for x below −126, −∞ included. */
    public static FloatVector exp2(FloatVector x) {
        var shifted = x.add(ROUND);
        var fraction = x.sub(shifted.sub(ROUND));
        var power = FloatVector.broadcast(FLOATS, C5);
        power = power.fma(fraction, FloatVector.broadcast(FLOATS, C4));
        power = power.fma(fraction, FloatVector.broadcast(FLOATS, C3));
        power = power.fma(fraction, FloatVector.broadcast(FLOATS, C2));
        power = power.fma(fraction, FloatVector.broadcast(FLOATS, C1));
        power = power.fma(fraction, FloatVector.broadcast(FLOATS, 1f));
        var exponent = shifted.reinterpretAsInts().lanewise(LSHL, SIGNIFICAND_BITS);
        var scaled = power.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        return scaled.blend(0f, x.compare(LT, -126f));
    }
}
