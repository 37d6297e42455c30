package io.arkvale.kernels.matrix;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import jdk.incubator.vector.FloatVector;

/** Register tiles of one row: the products of a decode step, and the rows that the six-row tiles leave over. */
final class RowTiles {

    private RowTiles() {}

    static void multiply4(
            int depth, float[] a, int aOffset, float[] b, int bOffset, int bStride, float[] c, int cOffset) {
        var c0 = FloatVector.zero(FLOATS);
        var c1 = FloatVector.zero(FLOATS);
        var c2 = FloatVector.zero(FLOATS);
        var c3 = FloatVector.zero(FLOATS);
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var x = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            c0 = x.fma(FloatVector.fromArray(FLOATS, b, at), c0);
            c1 = x.fma(FloatVector.fromArray(FLOATS, b, at + LANES), c1);
            c2 = x.fma(FloatVector.fromArray(FLOATS, b, at + 2 * LANES), c2);
            c3 = x.fma(FloatVector.fromArray(FLOATS, b, at + 3 * LANES), c3);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + LANES);
        c2.intoArray(c, cOffset + 2 * LANES);
        c3.intoArray(c, cOffset + 3 * LANES);
    }

    static void multiply2(
            int depth, float[] a, int aOffset, float[] b, int bOffset, int bStride, float[] c, int cOffset) {
        var c0 = FloatVector.zero(FLOATS);
        var c1 = FloatVector.zero(FLOATS);
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var x = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            c0 = x.fma(FloatVector.fromArray(FLOATS, b, at), c0);
            c1 = x.fma(FloatVector.fromArray(FLOATS, b, at + LANES), c1);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + LANES);
    }

    static void multiply1(
            int depth, float[] a, int aOffset, float[] b, int bOffset, int bStride, float[] c, int cOffset) {
        var c0 = FloatVector.zero(FLOATS);
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var x = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            c0 = x.fma(FloatVector.fromArray(FLOATS, b, at), c0);
        }
        c0.intoArray(c, cOffset);
    }
}
