package io.arkvale.experiments.engine.context;

import java.util.HashMap;
import java.util.Map;

/** Attention probabilities of a context's last token, computed when first asked for and kept. */
public final class LastRows {
    private final Context context;
    private final Map<Integer, float[][]> rows = new HashMap<>();

    public LastRows(Context context) {
        this.context = context;
    }

    /** One probability per token; not to be changed. */
    public synchronized float[] of(int layer, int queryHead) {
        return rows.computeIfAbsent(layer, this::compute)[queryHead];
    }

    private float[][] compute(int layer) {
        var shape = context.shape();
        var queries = context.lastQueries(layer);
        var key = new float[shape.headDim()];
        var computed = new float[shape.queryHeads()][context.tokens()];
        var scale = (float) (1 / Math.sqrt(shape.headDim()));
        for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
            var keys = context.keyValues(layer, kvHead);
            for (int token = 0; token < context.tokens(); token++) {
                keys.getKey(token, key, 0);
                for (int i = 0; i < shape.queryHeadsPerKvHead(); i++) {
                    var queryHead = kvHead * shape.queryHeadsPerKvHead() + i;
                    computed[queryHead][token] = scale * dot(queries, queryHead * shape.headDim(), key);
                }
            }
        }
        for (var row : computed) {
            softmax(row, 0, row.length);
        }
        return computed;
    }

    private static float dot(float[] query, int offset, float[] key) {
        var sum = 0f;
        for (int i = 0; i < key.length; i++) {
            sum = Math.fma(query[offset + i], key[i], sum);
        }
        return sum;
    }

    /** Turns scores into probabilities; the sum is taken in float64. */
    private static void softmax(float[] scores, int from, int count) {
        var largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, scores[i]);
        }
        var sum = 0.0;
        for (int i = from; i < from + count; i++) {
            scores[i] = (float) Math.exp(scores[i] - largest);
            sum += scores[i];
        }
        var factor = (float) (1 / sum);
        for (int i = from; i < from + count; i++) {
            scores[i] *= factor;
        }
    }
}
