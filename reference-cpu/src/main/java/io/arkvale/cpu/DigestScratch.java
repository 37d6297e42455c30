package io.arkvale.cpu;

/** Vectors that one thread needs while it summarises a page. */
final class DigestScratch {
    /** A centre, or a cuboid's upper bounds. */
    final float[] centre;

    final float[] lower;
    final float[] extents;

    DigestScratch(int headDim) {
        centre = new float[headDim];
        lower = new float[headDim];
        extents = new float[headDim];
    }
}
