package io.arkvale.experiments.engine.context;

import io.arkvale.experiments.engine.attention.Softmax;
import io.arkvale.kernels.DenseKernels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Attention that a context's tokens get from the tokens after them, summed: column sums of the whole attention matrix or
 * of a band of it, computed by blocks of rows, so that the matrix never stands in memory. Shared by all runs.
 */
public final class FollowingAttention {
    /** Rows computed at once. */
    private static final int BLOCK = 64;

    private record Key(int layer, int queryHead, int window) {}

    private final Context context;
    private final SharedTokens shared;
    private final DenseKernels kernels;
    private final Map<Key, float[]> known = new ConcurrentHashMap<>();

    public FollowingAttention(Context context, SharedTokens shared, DenseKernels kernels) {
        this.context = context;
        this.shared = shared;
        this.kernels = kernels;
    }

    /** One sum per token, over the tokens up to {@code window - 1} later; not to be changed. */
    public float[] of(int layer, int queryHead, int window) {
        return known.computeIfAbsent(new Key(layer, queryHead, Math.min(window, context.tokens())), this::compute);
    }

    private float[] compute(Key key) {
        var shape = context.shape();
        var tokens = shared.of(key.layer(), key.queryHead() / shape.queryHeadsPerKvHead());
        var stride = tokens.capacity();
        var queries = new float[BLOCK * shape.headDim()];
        var scores = new float[BLOCK * stride];
        var sums = new float[context.tokens()];
        var factor = (float) (1 / Math.sqrt(shape.headDim()));
        var softmax = new Softmax(kernels);
        for (int first = 0; first < context.tokens(); first += BLOCK) {
            var rows = Math.min(BLOCK, context.tokens() - first);
            for (int row = 0; row < rows; row++) {
                context.queries().copy(key.layer(), first + row, key.queryHead(), queries, row * shape.headDim());
            }
            for (int i = 0; i < rows * shape.headDim(); i++) {
                queries[i] *= factor;
            }
            tokens.scores(kernels.matrix(), rows, queries, first + rows, scores, 0, stride);
            for (int row = 0; row < rows; row++) {
                addRow(softmax, scores, row * stride, first + row + 1, key.window(), sums);
            }
        }
        return sums;
    }

    /** Adds the softmax of the first {@code visible} scores, of which only the last {@code window} are of interest. */
    private static void addRow(Softmax softmax, float[] scores, int from, int visible, int window, float[] sums) {
        softmax.apply(scores, from, visible);
        for (int token = Math.max(0, visible - window); token < visible; token++) {
            sums[token] += scores[from + token];
        }
    }
}
