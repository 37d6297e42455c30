package io.arkvale.cpu;

import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Extent;
import io.arkvale.api.Digest.Shape;
import io.arkvale.kernels.digest.DigestKernel;

/** Centre and extents of the keys that a kernel has loaded: a part of a page, or a page (SPEC, section 3). */
final class PartVolume {
    private final int headDim;
    private final DigestKernel keys;
    private final float[] minimum;
    private final float[] maximum;
    private final float[] smallest;
    private final float[] largest;
    private final float[] mean;
    private final float[] norms;

    PartVolume(DigestKernel keys, int headDim, int pageSize) {
        this.headDim = headDim;
        this.keys = keys;
        minimum = new float[headDim];
        maximum = new float[headDim];
        smallest = new float[headDim];
        largest = new float[headDim];
        mean = new float[headDim];
        norms = new float[pageSize];
    }

    /** The exact box. */
    void box(float[] upper, float[] lower) {
        keys.bounds(lower, upper);
    }

    /** Midway between the extreme keys for cuboids and spheres, their mean for discs and points. */
    void centre(Shape shape, float[] centre) {
        switch (shape) {
            case CUBOID, SPHERE -> {
                keys.bounds(minimum, maximum);
                for (int i = 0; i < headDim; i++) {
                    // Halved before the sum, which could overflow.
                    centre[i] = minimum[i] * 0.5f + maximum[i] * 0.5f;
                }
            }
            case DISC, POINT -> keys.mean(centre);
        }
    }

    /**
     * How far the keys reach from a centre, times the digest's factor; no further than the largest float32.
     *
     * @param tokens keys that are loaded
     * @param extents written from index {@code at}
     */
    void extents(Digest digest, float[] centre, int tokens, float[] extents, int at) {
        switch (digest.shape()) {
            case CUBOID -> {
                keys.deviations(centre, smallest, largest, mean);
                put(digest, headDim, extents, at);
            }
            case DISC -> {
                keys.pairDeviations(centre, smallest, largest, mean);
                put(digest, headDim / 2, extents, at);
            }
            case SPHERE -> {
                radius(centre, tokens);
                put(digest, 1, extents, at);
            }
            case POINT -> {}
        }
    }

    private void radius(float[] centre, int tokens) {
        keys.distances(centre, norms);
        smallest[0] = Float.POSITIVE_INFINITY;
        largest[0] = 0;
        float sum = 0;
        for (int token = 0; token < tokens; token++) {
            smallest[0] = Math.min(smallest[0], norms[token]);
            largest[0] = Math.max(largest[0], norms[token]);
            sum += norms[token];
        }
        mean[0] = sum / tokens;
    }

    private void put(Digest digest, int count, float[] extents, int at) {
        for (int i = 0; i < count; i++) {
            float reach = digest.extent() == Extent.LARGEST
                    ? largest[i]
                    : digest.extent() == Extent.MEAN ? mean[i] : smallest[i] * 0.5f + largest[i] * 0.5f;
            extents[at + i] = Math.min(reach * digest.factor(), Float.MAX_VALUE);
        }
    }
}
