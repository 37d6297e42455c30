package io.arkvale.experiments.observe;

import io.arkvale.kernels.causal.PackedKeyValues;

/** The keys of one KV head, one array per element, so that scores of all tokens are sums of whole arrays. */
final class KeyColumns {
    private final float[][] columns;
    private int length;

    /**
     * Holds the keys of a context.
     *
     * @param more most tokens that will be added
     */
    KeyColumns(PackedKeyValues context, int more) {
        var key = new float[context.headDim()];
        columns = new float[key.length][Math.addExact(context.length(), more)];
        for (int token = 0; token < context.length(); token++) {
            context.getKey(token, key, 0);
            add(key, 0);
        }
    }

    /** Adds the key of one token, {@code headDim} numbers from {@code offset}. */
    void add(float[] source, int offset) {
        for (int i = 0; i < columns.length; i++) {
            columns[i][length] = source[offset + i];
        }
        length++;
    }

    /** Dot products of a query, {@code headDim} numbers from {@code offset}, with every key. */
    float[] scores(float[] queries, int offset) {
        var scores = new float[length];
        for (int i = 0; i < columns.length; i++) {
            var factor = queries[offset + i];
            var column = columns[i];
            for (int token = 0; token < scores.length; token++) {
                scores[token] += factor * column[token];
            }
        }
        return scores;
    }
}
