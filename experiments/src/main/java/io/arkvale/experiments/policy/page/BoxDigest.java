package io.arkvale.experiments.policy.page;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * An axis-aligned box around the page's centre, half the distance between its extreme keys; the score is the largest dot
 * product with a point of the box (the ArkVale paper, section 5.2).
 */
public final class BoxDigest implements PageDigest {
    private final int headDim;
    private final DoubleBinaryOperator halfWidth;
    private final List<float[]> centres = new ArrayList<>();
    private final List<float[]> halfWidths = new ArrayList<>();

    private BoxDigest(int headDim, DoubleBinaryOperator halfWidth) {
        this.headDim = headDim;
        this.halfWidth = halfWidth;
    }

    /** The box that just holds all keys: an upper bound of every dot product (Quest's). */
    public static BoxDigest max(int headDim) {
        return new BoxDigest(headDim, (mean, largest) -> largest);
    }

    /** The box of the mean distance from the centre: ArkVale's default. */
    public static BoxDigest mean(int headDim) {
        return new BoxDigest(headDim, (mean, largest) -> mean);
    }

    @Override
    public void add(float[][] keys) {
        var centre = new float[headDim];
        var half = new float[headDim];
        for (int i = 0; i < headDim; i++) {
            var least = Float.POSITIVE_INFINITY;
            var most = Float.NEGATIVE_INFINITY;
            for (var key : keys) {
                least = Math.min(least, key[i]);
                most = Math.max(most, key[i]);
            }
            centre[i] = (least + most) / 2;
            var distance = 0.0;
            for (var key : keys) {
                distance += Math.abs(key[i] - centre[i]);
            }
            half[i] = (float) halfWidth.applyAsDouble(distance / keys.length, most - centre[i]);
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
