package io.arkvale.kernels.matrix;

import static io.arkvale.kernels.primitive.Registers.FLOATS;

import jdk.incubator.vector.FloatVector;

/** The register tile of six rows by 1 vector: 6 accumulators, named by row and vector. */
final class Tile6x1 {

    private Tile6x1() {}

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
        FloatVector c10 = zero;
        FloatVector c20 = zero;
        FloatVector c30 = zero;
        FloatVector c40 = zero;
        FloatVector c50 = zero;
        int a1 = aOffset + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int a4 = a3 + aStride;
        int a5 = a4 + aStride;
        for (int k = 0, at = bOffset; k < depth; k++, at += bStride) {
            var b0 = FloatVector.fromArray(FLOATS, b, at);
            var x0 = FloatVector.broadcast(FLOATS, a[aOffset + k]);
            c00 = x0.fma(b0, c00);
            var x1 = FloatVector.broadcast(FLOATS, a[a1 + k]);
            c10 = x1.fma(b0, c10);
            var x2 = FloatVector.broadcast(FLOATS, a[a2 + k]);
            c20 = x2.fma(b0, c20);
            var x3 = FloatVector.broadcast(FLOATS, a[a3 + k]);
            c30 = x3.fma(b0, c30);
            var x4 = FloatVector.broadcast(FLOATS, a[a4 + k]);
            c40 = x4.fma(b0, c40);
            var x5 = FloatVector.broadcast(FLOATS, a[a5 + k]);
            c50 = x5.fma(b0, c50);
        }
        c00.intoArray(c, cOffset);
        c10.intoArray(c, cOffset + cStride);
        c20.intoArray(c, cOffset + 2 * cStride);
        c30.intoArray(c, cOffset + 3 * cStride);
        c40.intoArray(c, cOffset + 4 * cStride);
        c50.intoArray(c, cOffset + 5 * cStride);
    }
}
