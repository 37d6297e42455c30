package io.arkvale.llama;

import io.arkvale.kernels.PackedMatrix;
import java.util.List;

/**
 * The parameters of a Llama model, widened to float32.
 *
 * @param embedding {@code [vocabulary, hidden]}
 * @param finalNorm of width hidden
 * @param head {@code [vocabulary, hidden]}; the embedding itself when they are tied
 */
record LlamaWeights(PackedMatrix embedding, List<Layer> layers, RmsNorm finalNorm, PackedMatrix head) {

    /**
     * One decoder layer.
     *
     * @param attentionNorm of width hidden
     * @param query {@code [queryHeads · headDim, hidden]}
     * @param key {@code [kvHeads · headDim, hidden]}
     * @param value {@code [kvHeads · headDim, hidden]}
     * @param output {@code [hidden, queryHeads · headDim]}
     * @param feedForwardNorm of width hidden
     * @param gate {@code [intermediate, hidden]}
     * @param up {@code [intermediate, hidden]}
     * @param down {@code [hidden, intermediate]}
     */
    record Layer(
            RmsNorm attentionNorm,
            PackedMatrix query,
            PackedMatrix key,
            PackedMatrix value,
            PackedMatrix output,
            RmsNorm feedForwardNorm,
            PackedMatrix gate,
            PackedMatrix up,
            PackedMatrix down) {}
}
