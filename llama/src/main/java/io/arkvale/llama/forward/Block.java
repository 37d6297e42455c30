package io.arkvale.llama.forward;

import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.rope.Rope;
import io.arkvale.llama.weights.BlockWeights;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.RmsNorm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decoder block, whatever its family, up to attention ({@link #project}) and from there on ({@link #update}):
 *
 * <pre>{@code
 * n  = norm(h)
 * q  = RoPE(headNorm(Wq n)),  k = RoPE(headNorm(Wk n)),  v = Wv n
 * h += norm(Wo attention(q, k, v))
 * n  = norm(h)
 * h += norm(Wd (activation(Wg n) · (Wu n)))
 * }</pre>
 *
 * <p>A norm that the family does not have is left out, a factor of 1 too. Immutable and shared by all threads; the rows
 * are the caller's.
 */
public final class Block {

    private final LlamaConfig config;
    private final BlockWeights weights;

    /** The block that {@code config} describes, with its parameters. */
    public Block(LlamaConfig config, BlockWeights weights) {
        this.config = config;
        this.weights = weights;
    }

    /** Computes queries, keys and values of the rows of the residual stream {@code h}. */
    public void project(
            DenseOperations operations, Rows h, Rope rope, Indices positions, AttentionRows out, Buffers buffers) {
        var own = buffers.first(h.rows());
        var layers = List.of(weights.query(), weights.key(), weights.value());
        var projected = List.of(out.queries(), out.keys(), out.values());
        var norm = weights.attentionNorm();
        if (norm != null && turnsProductsAsTheyAre() && out.rawQueries().rows() == 0) {
            operations.multiplyAndRotate(norm, h, layers, projected, rope, config.headDim(), positions, own.normed());
            return;
        }
        multiplyNormed(operations, norm, h, layers, projected, own);
        finishQueries(operations, out.queries(), out.rawQueries());
        normHeads(operations, weights.keyNorm(), out.keys());
        operations.rotate(rope, config.headDim(), projected.subList(0, 2), positions);
    }

    /** Whether nothing comes between the products and the rotation of queries and keys. */
    private boolean turnsProductsAsTheyAre() {
        return weights.queryNorm() == null
                && weights.keyNorm() == null
                && config.multipliers().queries() == 1;
    }

    /** Computes only the queries: a guess of them, when {@code h} is the residual stream of an earlier layer. */
    public void guessQueries(
            DenseOperations operations, Rows h, Rope rope, Indices positions, Rows queries, Buffers buffers) {
        var layers = List.of(weights.query());
        multiplyNormed(operations, weights.attentionNorm(), h, layers, List.of(queries), buffers.first(h.rows()));
        finishQueries(operations, queries, queries.slice(0, 0));
        operations.rotate(rope, config.headDim(), List.of(queries), positions);
    }

    /** From products to queries that are not rotated yet; a copy goes to {@code raw}, if it has rows. */
    private void finishQueries(DenseOperations operations, Rows queries, Rows raw) {
        normHeads(operations, weights.queryNorm(), queries);
        scale(operations, queries, config.multipliers().queries());
        if (raw.rows() > 0) {
            operations.copy(queries, raw);
        }
    }

    /** Adds to the rows of the residual stream {@code h} what attention and then the feed-forward have to add. */
    public void update(DenseOperations operations, Rows h, Rows attended, Buffers buffers) {
        var own = buffers.first(h.rows());
        add(operations, attended, weights.output(), weights.afterAttention(), h, own.update());

        var norm = weights.feedForwardNorm();
        var layers = List.of(weights.gate(), weights.up());
        var products = List.of(own.gate(), own.up());
        if (norm == null) {
            operations.multiply(h, layers, products);
            operations.activate(config.activation(), own.gate(), own.up());
        } else {
            operations.multiplyAndActivate(norm, h, layers, products, config.activation(), own.normed());
        }
        add(operations, own.gate(), weights.down(), weights.afterFeedForward(), h, own.update());
    }

    private static void multiplyNormed(
            DenseOperations operations,
            @Nullable RmsNorm norm,
            Rows h,
            List<Linear> layers,
            List<Rows> outs,
            Buffers buffers) {
        if (norm == null) {
            operations.multiply(h, layers, outs);
        } else {
            operations.multiplyNormed(norm, h, layers, outs, buffers.normed());
        }
    }

    private static void normHeads(DenseOperations operations, @Nullable RmsNorm norm, Rows heads) {
        if (norm != null) {
            operations.normInPlace(norm, heads);
        }
    }

    /** Adds to {@code h} a layer's products, normed if there is a norm. */
    private void add(DenseOperations operations, Rows in, Linear layer, @Nullable RmsNorm norm, Rows h, Rows update) {
        float factor = config.multipliers().residual();
        if (norm == null) {
            operations.addProducts(in, layer, factor, h, update);
            return;
        }
        operations.multiply(in, List.of(layer), List.of(update));
        operations.normInPlace(norm, update);
        scale(operations, update, factor);
        operations.add(h, update);
    }

    private static void scale(DenseOperations operations, Rows rows, float factor) {
        if (factor != 1) {
            operations.scale(rows, factor);
        }
    }
}
