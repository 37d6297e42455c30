package io.arkvale.experiments.policy.page;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis-aligned box around the page's centre, half the distance between its extreme keys; the score is the largest dot
 * product with a point of the box (the ArkVale paper, section 5.2).
 */
public final class BoxDigest implements PageDigest {
    /** Makes half a width of the keys' distances from the centre, in one channel. */
    private interface HalfWidth {
        double of(double least, double mean, double most);
    }

    private final int headDim;
    private final HalfWidth halfWidth;
    private final List<float[]> centres = new ArrayList<>();
    private final List<float[]> halfWidths = new ArrayList<>();

    private BoxDigest(int headDim, HalfWidth halfWidth) {
        this.headDim = headDim;
        this.halfWidth = halfWidth;
    }

    /** The box that just holds all keys: an upper bound of every dot product (Quest's). */
    public static BoxDigest max(int headDim) {
        return new BoxDigest(headDim, (least, mean, most) -> most);
    }

    /** The box of the mean distance from the centre: ArkVale's default. */
    public static BoxDigest mean(int headDim) {
        return new BoxDigest(headDim, (least, mean, most) -> mean);
    }

    /** The box half-way between the smallest and the largest distance. */
    public static BoxDigest center(int headDim) {
        return new BoxDigest(headDim, (least, mean, most) -> (least + most) / 2);
    }

    /** Half-way between the extreme keys, channel by channel. */
    static float[] centre(float[][] keys, int headDim) {
        var centre = new float[headDim];
        for (int i = 0; i < headDim; i++) {
            var least = Float.POSITIVE_INFINITY;
            var most = Float.NEGATIVE_INFINITY;
            for (var key : keys) {
                least = Math.min(least, key[i]);
                most = Math.max(most, key[i]);
            }
            centre[i] = (least + most) / 2;
        }
        return centre;
    }

    @Override
    public void add(float[][] keys) {
        var centre = centre(keys, headDim);
        var half = new float[headDim];
        for (int i = 0; i < headDim; i++) {
            var top = Float.NEGATIVE_INFINITY;
            var least = Float.POSITIVE_INFINITY;
            var distance = 0.0;
            for (var key : keys) {
                top = Math.max(top, key[i]);
                least = Math.min(least, Math.abs(key[i] - centre[i]));
                distance += Math.abs(key[i] - centre[i]);
            }
            half[i] = (float) halfWidth.of(least, distance / keys.length, top - centre[i]);
        }
        centres.add(centre);
        halfWidths.add(half);
    }

    @Override
    public long pageBytes() {
        return 2L * Float.BYTES * headDim;
    }

    @Override
    public double score(float[] query, int page) {
        var centre = centres.get(page);
        var half = halfWidths.get(page);
        var score = 0f;
        for (int i = 0; i < headDim; i++) {
            score += query[i] * centre[i] + Math.abs(query[i]) * half[i];
        }
        return score;
    }
}
