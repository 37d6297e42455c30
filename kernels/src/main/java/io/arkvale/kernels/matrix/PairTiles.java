package io.arkvale.kernels.matrix;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of two rows, which read B once for both: the query heads of a decode step's KV head, and rows that the
 * six-row tiles leave over.
 */
final class PairTiles {

    private PairTiles() {}

    static void multiply4(
            int depth,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        var c00 = FloatVector.zero(FLOATS);
        var c01 = FloatVector.zero(FLOATS);
        var c02 = FloatVector.zero(FLOATS);
        var c03 = FloatVector.zero(FLOATS);
        var c10 = FloatVector.zero(FLOATS);
        var c11 = FloatVector.zero(FLOATS);
        var c12 = FloatVector.zero(FLOATS);
        var c13 = FloatVector.zero(FLOATS);
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var x0 = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            var x1 = FloatVector.broadcast(FLOATS, a[aOffset + aStride + k]);
            var b0 = FloatVector.fromArray(FLOATS, b, at);
            c00 = x0.fma(b0, c00);
            c10 = x1.fma(b0, c10);
            var b1 = FloatVector.fromArray(FLOATS, b, at + LANES);
            c01 = x0.fma(b1, c01);
            c11 = x1.fma(b1, c11);
            var b2 = FloatVector.fromArray(FLOATS, b, at + 2 * LANES);
            c02 = x0.fma(b2, c02);
            c12 = x1.fma(b2, c12);
            var b3 = FloatVector.fromArray(FLOATS, b, at + 3 * LANES);
            c03 = x0.fma(b3, c03);
            c13 = x1.fma(b3, c13);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + LANES);
        c02.intoArray(c, cOffset + 2 * LANES);
        c03.intoArray(c, cOffset + 3 * LANES);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + LANES);
        c12.intoArray(c, cOffset + cStride + 2 * LANES);
        c13.intoArray(c, cOffset + cStride + 3 * LANES);
    }

    static void multiply2(
            int depth,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        var c00 = FloatVector.zero(FLOATS);
        var c01 = FloatVector.zero(FLOATS);
        var c10 = FloatVector.zero(FLOATS);
        var c11 = FloatVector.zero(FLOATS);
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var x0 = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            var x1 = FloatVector.broadcast(FLOATS, a[aOffset + aStride + k]);
            var b0 = FloatVector.fromArray(FLOATS, b, at);
            c00 = x0.fma(b0, c00);
            c10 = x1.fma(b0, c10);
            var b1 = FloatVector.fromArray(FLOATS, b, at + LANES);
            c01 = x0.fma(b1, c01);
            c11 = x1.fma(b1, c11);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + LANES);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + LANES);
    }
}
