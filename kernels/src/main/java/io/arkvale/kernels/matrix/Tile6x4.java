package io.arkvale.kernels.matrix;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import jdk.incubator.vector.FloatVector;

/** The register tile of six rows by 4 vectors: 24 accumulators, named by row and vector. */
final class Tile6x4 {

    private Tile6x4() {}

    static void multiply(
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
        var zero = FloatVector.zero(FLOATS);
        FloatVector c00 = zero;
        FloatVector c01 = zero;
        FloatVector c02 = zero;
        FloatVector c03 = zero;
        FloatVector c10 = zero;
        FloatVector c11 = zero;
        FloatVector c12 = zero;
        FloatVector c13 = zero;
        FloatVector c20 = zero;
        FloatVector c21 = zero;
        FloatVector c22 = zero;
        FloatVector c23 = zero;
        FloatVector c30 = zero;
        FloatVector c31 = zero;
        FloatVector c32 = zero;
        FloatVector c33 = zero;
        FloatVector c40 = zero;
        FloatVector c41 = zero;
        FloatVector c42 = zero;
        FloatVector c43 = zero;
        FloatVector c50 = zero;
        FloatVector c51 = zero;
        FloatVector c52 = zero;
        FloatVector c53 = zero;
        int a1 = aOffset + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int a4 = a3 + aStride;
        int a5 = a4 + aStride;
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var b0 = FloatVector.fromArray(FLOATS, b, at);
            var b1 = FloatVector.fromArray(FLOATS, b, at + LANES);
            var b2 = FloatVector.fromArray(FLOATS, b, at + 2 * LANES);
            var b3 = FloatVector.fromArray(FLOATS, b, at + 3 * LANES);
            var x0 = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            var x1 = FloatVector.broadcast(FLOATS, a[a1 + k]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
            var x2 = FloatVector.broadcast(FLOATS, a[a2 + k]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            c23 = x2.fma(b3, c23);
            var x3 = FloatVector.broadcast(FLOATS, a[a3 + k]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
            c33 = x3.fma(b3, c33);
            var x4 = FloatVector.broadcast(FLOATS, a[a4 + k]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            c42 = x4.fma(b2, c42);
            c43 = x4.fma(b3, c43);
            var x5 = FloatVector.broadcast(FLOATS, a[a5 + k]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            c52 = x5.fma(b2, c52);
            c53 = x5.fma(b3, c53);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + LANES);
        c02.intoArray(c, cOffset + 2 * LANES);
        c03.intoArray(c, cOffset + 3 * LANES);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + LANES);
        c12.intoArray(c, cOffset + cStride + 2 * LANES);
        c13.intoArray(c, cOffset + cStride + 3 * LANES);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + LANES);
        c22.intoArray(c, cOffset + 2 * cStride + 2 * LANES);
        c23.intoArray(c, cOffset + 2 * cStride + 3 * LANES);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + LANES);
        c32.intoArray(c, cOffset + 3 * cStride + 2 * LANES);
        c33.intoArray(c, cOffset + 3 * cStride + 3 * LANES);
        c40.intoArray(c, cOffset + 4 * cStride);
        c41.intoArray(c, cOffset + 4 * cStride + LANES);
        c42.intoArray(c, cOffset + 4 * cStride + 2 * LANES);
        c43.intoArray(c, cOffset + 4 * cStride + 3 * LANES);
        c50.intoArray(c, cOffset + 5 * cStride);
        c51.intoArray(c, cOffset + 5 * cStride + LANES);
        c52.intoArray(c, cOffset + 5 * cStride + 2 * LANES);
        c53.intoArray(c, cOffset + 5 * cStride + 3 * LANES);
    }
}
