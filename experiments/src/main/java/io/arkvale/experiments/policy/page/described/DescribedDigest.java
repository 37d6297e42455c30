package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;
import io.arkvale.experiments.policy.page.DotProduct;
import io.arkvale.experiments.policy.page.PageDigest;
import java.util.ArrayList;
import java.util.List;

/** A digest of the interface's kind, whose numbers in few bits may have other scales than the interface's. */
final class DescribedDigest implements PageDigest {
    private final Digest digest;
    private final int headDim;
    private final Rounding rounding;
    private final long pageBytes;
    private final List<Volumes> pages = new ArrayList<>();

    DescribedDigest(Digest digest, Scales scales, int headDim) {
        this.digest = digest;
        this.headDim = headDim;
        rounding = scales.rounding(digest, headDim);
        pageBytes = Math.ceilDiv(scales.bits(digest, headDim), Byte.SIZE);
    }

    @Override
    public void add(float[][] keys) {
        digest.requireFits(keys.length, headDim);
        pages.add(Volumes.of(digest, keys, rounding));
    }

    @Override
    public long pageBytes() {
        return pageBytes;
    }

    @Override
    public double score(float[] query, int page) {
        return scores(query).of(page);
    }

    @Override
    public Scores scores(float[] query) {
        rounding.scored(pages);
        var weights = weights(query);
        return page -> {
            var volumes = pages.get(page);
            var scores = new float[digest.form().parts()];
            DotProduct.addRows(query, volumes.centres(), scores);
            DotProduct.addRows(weights, volumes.extents(), scores);
            var best = Float.NEGATIVE_INFINITY;
            for (var score : scores) {
                best = Math.max(best, score);
            }
            return best;
        };
    }

    /** How much each extent adds to the product with a query. */
    private float[] weights(float[] query) {
        var weights = new float[digest.shape().extents(headDim)];
        for (int j = 0; j < weights.length; j++) {
            weights[j] = switch (digest.shape()) {
                case CUBOID -> Math.abs(query[j]);
                case DISC -> (float) Math.hypot(query[j], query[j + headDim / 2]);
                case SPHERE -> (float) Math.sqrt(DotProduct.of(query, query, 0));
                case POINT -> throw new IllegalStateException("points have no extents");
            };
        }
        return weights;
    }
}
