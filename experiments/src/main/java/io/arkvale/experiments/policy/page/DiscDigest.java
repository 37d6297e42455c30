package io.arkvale.experiments.policy.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RoPE turns the two dimensions of a pair together, so the keys of a page lie around their mean in each pair's plane: a
 * disc of the mean and the largest in-plane distance from it. A page may be cut into parts with a disc each; its score is
 * that of its best part. With a radius of 0 throughout this is the centroid. Means and radii may be kept in few bits,
 * rounded within the ranges that they have when the first score is asked for, which is at the prompt's end.
 */
public final class DiscDigest implements PageDigest {
    private final int headDim;
    private final int parts;
    private final int bits;
    private final float extent;
    /** {@code [pages · parts]}. */
    private final List<float[]> means = new ArrayList<>();

    private final List<float[]> radii = new ArrayList<>();

    private @Nullable ChannelRounding meanRounding;
    private @Nullable ChannelRounding radiusRounding;

    private DiscDigest(int headDim, int parts, int bits, double extent) {
        this.headDim = headDim;
        this.parts = parts;
        this.bits = bits;
        this.extent = (float) extent;
    }

    /**
     * {@code parts} runs of equally many tokens, 1.5 vectors each.
     *
     * @param bits of an element; {@link Float#SIZE} for all
     * @param extent factor of the radii in a score; without any, radii are not stored, and a run takes one vector
     */
    public static DiscDigest of(int headDim, int parts, int bits, double extent) {
        return new DiscDigest(headDim, parts, bits, extent);
    }

    /** The mean of the keys alone, one vector. */
    public static DiscDigest centroid(int headDim) {
        return new DiscDigest(headDim, 1, Float.SIZE, 0);
    }

    @Override
    public void add(float[][] keys) {
        for (int part = 0; part < parts; part++) {
            var from = keys.length * part / parts;
            var to = keys.length * (part + 1) / parts;
            addPart(Arrays.copyOfRange(keys, from, Math.max(from + 1, to)));
        }
    }

    private void addPart(float[][] keys) {
        var mean = new float[headDim];
        for (var key : keys) {
            for (int i = 0; i < headDim; i++) {
                mean[i] += key[i] / keys.length;
            }
        }
        var half = headDim / 2;
        var radius = new float[half];
        if (extent > 0) {
            for (var key : keys) {
                for (int i = 0; i < half; i++) {
                    var distance = Math.hypot(key[i] - mean[i], key[i + half] - mean[i + half]);
                    radius[i] = (float) Math.max(radius[i], distance);
                }
            }
        }
        if (meanRounding != null && radiusRounding != null) {
            meanRounding.round(mean);
            radiusRounding.round(radius);
        }
        means.add(mean);
        radii.add(radius);
    }

    private void settle() {
        if (bits < Float.SIZE && meanRounding == null) {
            meanRounding = new ChannelRounding(bits, means);
            radiusRounding = new ChannelRounding(bits, radii);
            means.forEach(meanRounding::round);
            radii.forEach(radiusRounding::round);
        }
    }

    @Override
    public long pageBytes() {
        return Math.ceilDiv((long) bits * parts * (headDim + (extent > 0 ? headDim / 2 : 0)), Byte.SIZE);
    }

    @Override
    public double score(float[] query, int page) {
        return scores(query).of(page);
    }

    @Override
    public Scores scores(float[] query) {
        settle();
        var half = headDim / 2;
        var lengths = new float[half];
        for (int i = 0; i < half; i++) {
            lengths[i] = (float) Math.sqrt(query[i] * query[i] + query[i + half] * query[i + half]);
        }
        return page -> {
            var best = Float.NEGATIVE_INFINITY;
            for (int part = page * parts; part < (page + 1) * parts; part++) {
                best = Math.max(
                        best,
                        DotProduct.of(query, means.get(part), 0) + extent * DotProduct.of(lengths, radii.get(part), 0));
            }
            return best;
        };
    }
}
