package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.LayerSetting;

/**
 * A context's keys before RoPE, all KV heads of a layer side by side, as the product of two factors of low rank: the best
 * approximation there is of that rank (Eckart and Young, 1936), from the eigenvectors of the keys' products.
 */
final class LowRankKeys {
    /** {@code [tokens][rank]}. */
    private final float[][] rows;
    /** {@code [rank][kvHeads · headDim]}. */
    private final double[][] directions;

    private final int headDim;

    private LowRankKeys(float[][] rows, double[][] directions, int headDim) {
        this.rows = rows;
        this.directions = directions;
        this.headDim = headDim;
    }

    static LowRankKeys of(ContextView context, LayerSetting setting, int rank) {
        var width = setting.kvHeads() * setting.headDim();
        var keys = new float[context.tokens()][width];
        var key = new float[setting.headDim()];
        var products = new double[width][width];
        for (int token = 0; token < keys.length; token++) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                context.keyAt(head, token, 0, key);
                System.arraycopy(key, 0, keys[token], head * key.length, key.length);
            }
            for (int i = 0; i < width; i++) {
                for (int j = 0; j <= i; j++) {
                    products[i][j] += (double) keys[token][i] * keys[token][j];
                }
            }
        }
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < i; j++) {
                products[j][i] = products[i][j];
            }
        }
        var directions = Eigenvectors.largest(products, rank);
        var rows = new float[keys.length][rank];
        for (int token = 0; token < keys.length; token++) {
            for (int i = 0; i < rank; i++) {
                var sum = 0.0;
                for (int element = 0; element < width; element++) {
                    sum += keys[token][element] * directions[i][element];
                }
                rows[token][i] = (float) sum;
            }
        }
        return new LowRankKeys(rows, directions, setting.headDim());
    }

    /** Rebuilds the key of a token, before RoPE. */
    void copy(int kvHead, int token, float[] target) {
        for (int element = 0; element < headDim; element++) {
            var sum = 0.0;
            for (int i = 0; i < directions.length; i++) {
                sum += rows[token][i] * directions[i][kvHead * headDim + element];
            }
            target[element] = (float) sum;
        }
    }

    /** Bytes of both factors in float32. */
    long bytes() {
        return ((long) rows.length + directions[0].length) * directions.length * Float.BYTES;
    }
}
