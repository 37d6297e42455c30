package io.arkvale.cpu;

/** Vectors that one thread needs while it summarises a page. */
final class DigestScratch {
    final float[] minimum;
    final float[] maximum;
    final float[] centre;
    final float[] smallest;
    final float[] largest;
    final float[] mean;
    final float[] norms;

    DigestScratch(int headDim, int pageSize) {
        minimum = new float[headDim];
        maximum = new float[headDim];
        centre = new float[headDim];
        smallest = new float[headDim];
        largest = new float[headDim];
        mean = new float[headDim];
        norms = new float[pageSize];
    }
}
