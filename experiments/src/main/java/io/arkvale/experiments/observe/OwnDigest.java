package io.arkvale.experiments.observe;

import io.arkvale.experiments.policy.page.DigestKind;
import io.arkvale.experiments.policy.page.PageDigest;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.KeyValueStore;
import java.util.Arrays;

/** A digest that the laboratory makes itself, of the filled pages of all KV heads of the limited layers. */
final class OwnDigest {
    private final AttentionShape shape;
    private final int pageSize;
    private final int denseLayers;
    /** {@code [limited layers][kvHeads]}. */
    private final PageDigest[][] digests;
    /** {@code [limited layers][kvHeads][pageSize][headDim]}: keys of the page that is not full. */
    private final float[][][][] pending;
    /** {@code [limited layers]}: tokens so far. */
    private final int[] tokens;

    OwnDigest(DigestKind kind, AttentionShape shape, int pageSize, int denseLayers) {
        this.shape = shape;
        this.pageSize = pageSize;
        this.denseLayers = denseLayers;
        var layers = shape.layers() - denseLayers;
        digests = new PageDigest[layers][shape.kvHeads()];
        pending = new float[layers][shape.kvHeads()][pageSize][shape.headDim()];
        tokens = new int[layers];
        for (var ofHeads : digests) {
            for (int head = 0; head < ofHeads.length; head++) {
                ofHeads[head] = kind.create(shape.headDim());
            }
        }
    }

    /** Takes in a context. */
    void begin(KeyValueStore context) {
        var keys = new float[shape.kvWidth()];
        for (int layer = denseLayers; layer < shape.layers(); layer++) {
            for (int token = 0; token < context.length(); token++) {
                context.copyKeys(layer, token, 1, keys);
                add(layer, keys);
            }
        }
    }

    /** Takes in a token's keys, {@code [kvHeads][headDim]}, in one layer. */
    void add(int layer, float[] keys) {
        var limited = layer - denseLayers;
        var slot = tokens[limited]++ % pageSize;
        for (int head = 0; head < shape.kvHeads(); head++) {
            var page = pending[limited][head];
            System.arraycopy(keys, head * shape.headDim(), page[slot], 0, shape.headDim());
            if (slot == pageSize - 1) {
                digests[limited][head].add(page);
                pending[limited][head] = new float[pageSize][shape.headDim()];
            }
        }
    }

    /** Bits per channel of a page and KV head. */
    double bitsPerChannel() {
        return (double) Byte.SIZE * digests[0][0].pageBytes() / shape.headDim();
    }

    /** Scores of the filled pages for the queries {@code [queryHeads][headDim]}, mean over the query heads. */
    double[] scores(int layer, float[] queries) {
        var means = new double[tokens[layer - denseLayers] / pageSize];
        for (var ofHead : headScores(layer, queries)) {
            for (int page = 0; page < means.length; page++) {
                means[page] += ofHead[page] / shape.queryHeads();
            }
        }
        return means;
    }

    /** The same of each query head, {@code [queryHeads][pages]}. */
    double[][] headScores(int layer, float[] queries) {
        var limited = layer - denseLayers;
        var scores = new double[shape.queryHeads()][tokens[limited] / pageSize];
        for (int head = 0; head < scores.length; head++) {
            var from = head * shape.headDim();
            var query = Arrays.copyOfRange(queries, from, from + shape.headDim());
            var ofPage = digests[limited][head / shape.queryHeadsPerKvHead()].scores(query);
            Arrays.setAll(scores[head], ofPage::of);
        }
        return scores;
    }
}
