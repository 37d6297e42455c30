package io.arkvale.llama.forward;

import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.weights.ModelWeights;
import java.util.List;

/** What stands before a model's first block and after its last: embedding, final norm and head. */
public final class Ends {

    private final LlamaConfig config;
    private final ModelWeights weights;

    /** The ends of the model that {@code config} describes. */
    public Ends(LlamaConfig config, ModelWeights weights) {
        this.config = config;
        this.weights = weights;
    }

    /** The residual stream's first rows, {@code [rows, hidden]}, of tokens. */
    public void embed(DenseOperations operations, Indices tokens, Rows h) {
        operations.embed(weights.embedding(), tokens, h);
        if (config.multipliers().embedding() != 1) {
            operations.scale(h, config.multipliers().embedding());
        }
    }

    /** The logits {@code [rows, vocabulary]} of the residual stream's last rows. */
    public void logits(DenseOperations operations, Rows h, Rows logits, Buffers buffers) {
        var normed = buffers.first(h.rows()).normed();
        operations.multiplyNormed(weights.finalNorm(), h, List.of(weights.head()), List.of(logits), normed);
        if (config.multipliers().logitsDivisor() != 1) {
            operations.scale(logits, 1 / config.multipliers().logitsDivisor());
        }
    }
}
