package io.arkvale.experiments.engine.context;

import io.arkvale.experiments.engine.attention.Softmax;
import io.arkvale.kernels.DenseKernels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Attention that a context's tokens get from its last tokens, summed over those: column sums, computed row by row, when
 * first asked for, and shared by all runs.
 */
public final class WindowAttention {
    private record Key(int layer, int queryHead, int window) {}

    private final Context context;
    private final SharedTokens shared;
    private final DenseKernels kernels;
    private final Map<Key, float[]> known = new ConcurrentHashMap<>();

    public WindowAttention(Context context, SharedTokens shared, DenseKernels kernels) {
        this.context = context;
        this.shared = shared;
        this.kernels = kernels;
    }

    /** One sum per token; not to be changed. */
    public float[] of(int layer, int queryHead, int window) {
        return known.computeIfAbsent(new Key(layer, queryHead, window), this::compute);
    }

    private float[] compute(Key key) {
        var shape = context.shape();
        var rows = Math.min(key.window(), context.tokens());
        var tokens = shared.of(key.layer(), key.queryHead() / shape.queryHeadsPerKvHead());
        var stride = tokens.capacity();
        var queries = new float[rows * shape.headDim()];
        for (int row = 0; row < rows; row++) {
            context.queries()
                    .copy(key.layer(), context.tokens() - rows + row, key.queryHead(), queries, row * shape.headDim());
        }
        var factor = (float) (1 / Math.sqrt(shape.headDim()));
        for (int i = 0; i < queries.length; i++) {
            queries[i] *= factor;
        }
        var scores = new float[rows * stride];
        tokens.scores(kernels.matrix(), rows, queries, scores, 0, stride);
        var sums = new float[context.tokens()];
        var softmax = new Softmax(kernels);
        for (int row = 0; row < rows; row++) {
            var visible = context.tokens() - rows + row + 1;
            softmax.apply(scores, row * stride, visible);
            for (int token = 0; token < visible; token++) {
                sums[token] += scores[row * stride + token];
            }
        }
        return sums;
    }
}
