package io.arkvale.experiments.policy.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A sphere around the page's centre, half the distance between its extreme keys; the score is the largest dot product with
 * a point of the sphere, {@code q·c + r ‖q‖} (the ArkVale paper, section 5.2).
 */
public final class SphereDigest implements PageDigest {
    /** Makes a radius of the keys' distances from the centre. */
    private interface Radius {
        double of(double least, double mean, double most);
    }

    private final int headDim;
    private final Radius radius;
    private final List<float[]> centres = new ArrayList<>();
    private final List<Float> radii = new ArrayList<>();

    private SphereDigest(int headDim, Radius radius) {
        this.headDim = headDim;
        this.radius = radius;
    }

    /** The sphere that holds all keys: an upper bound of every dot product. */
    public static SphereDigest max(int headDim) {
        return new SphereDigest(headDim, (least, mean, most) -> most);
    }

    /** The sphere of the mean distance from the centre. */
    public static SphereDigest mean(int headDim) {
        return new SphereDigest(headDim, (least, mean, most) -> mean);
    }

    /** The sphere half-way between the smallest and the largest distance. */
    public static SphereDigest center(int headDim) {
        return new SphereDigest(headDim, (least, mean, most) -> (least + most) / 2);
    }

    @Override
    public void add(float[][] keys) {
        var centre = BoxDigest.centre(keys, headDim);
        var least = Double.POSITIVE_INFINITY;
        var most = 0.0;
        var sum = 0.0;
        for (var key : keys) {
            var square = 0.0;
            for (int i = 0; i < headDim; i++) {
                var gap = (double) key[i] - centre[i];
                square += gap * gap;
            }
            var distance = Math.sqrt(square);
            least = Math.min(least, distance);
            most = Math.max(most, distance);
            sum += distance;
        }
        centres.add(centre);
        radii.add((float) radius.of(least, sum / keys.length, most));
    }

    @Override
    public long pageBytes() {
        return (long) Float.BYTES * (headDim + 1);
    }

    @Override
    public double score(float[] query, int page) {
        var centre = centres.get(page);
        var dot = 0f;
        var square = 0f;
        for (int i = 0; i < headDim; i++) {
            dot = Math.fma(query[i], centre[i], dot);
            square = Math.fma(query[i], query[i], square);
        }
        return dot + radii.get(page) * Math.sqrt(square);
    }
}
