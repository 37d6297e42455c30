package io.arkvale.experiments.policy.page;

import io.arkvale.experiments.policy.Estimate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Mean keys and values of one KV head's filled pages, to stand for pages that do not take part. */
final class PageMeans {
    private final List<float[]> keys = new ArrayList<>();
    private final List<float[]> values = new ArrayList<>();
    private int pageSize;

    /** Adds the next page, keys and values {@code [tokens][headDim]}. */
    void add(float[][] pageKeys, float[][] pageValues) {
        pageSize = pageKeys.length;
        keys.add(mean(pageKeys));
        values.add(mean(pageValues));
    }

    private static float[] mean(float[][] rows) {
        var mean = new float[rows[0].length];
        for (var row : rows) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / rows.length;
            }
        }
        return mean;
    }

    /** What stands for the filled pages outside {@code part}. */
    List<Estimate> estimates(float[] query, BitSet part) {
        var estimates = new ArrayList<Estimate>();
        for (int page = part.nextClearBit(0); page < keys.size(); page = part.nextClearBit(page + 1)) {
            var score = 0.0;
            for (int i = 0; i < query.length; i++) {
                score += query[i] * keys.get(page)[i];
            }
            estimates.add(new Estimate(score / Math.sqrt(query.length) + Math.log(pageSize), values.get(page)));
        }
        return estimates;
    }
}
