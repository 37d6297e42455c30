package io.arkvale.experiments.simulate.description;

import io.arkvale.experiments.UserException;
import java.util.Locale;
import java.util.Map;

/**
 * A Llama-family model as the cost model sees it: attention with a KV head for every group of query heads, a gated
 * feed-forward part, an embedding and an output head of their own.
 *
 * @param name its name
 * @param layers layers
 * @param queryHeads query heads
 * @param kvHeads KV heads
 * @param headDim elements per head
 * @param hidden elements of a token between layers
 * @param intermediate elements of a token within the feed-forward part
 * @param vocabulary tokens of the vocabulary
 * @param parameters weights of the whole model
 * @param elementBytes bytes of an element of weights, keys and values
 * @param sources where these come from
 */
public record LanguageModel(
        String name,
        int layers,
        int queryHeads,
        int kvHeads,
        int headDim,
        int hidden,
        int intermediate,
        int vocabulary,
        long parameters,
        double elementBytes,
        Map<String, String> sources) {
    /** How far the parameters may be from what the shape gives; norms, biases and the like are not in a description. */
    private static final double TOLERANCE = 0.02;

    /** Copies the sources. */
    public LanguageModel {
        sources = Map.copyOf(sources);
    }

    static LanguageModel read(Description description) {
        var model = new LanguageModel(
                description.text("name"),
                description.count("layers"),
                description.count("queryHeads"),
                description.count("kvHeads"),
                description.count("headDim"),
                description.count("hidden"),
                description.count("intermediate"),
                description.count("vocabulary"),
                description.wholeNumber("parameters"),
                description.positive("elementBytes"),
                description.sources());
        if (model.queryHeads % model.kvHeads != 0) {
            throw new UserException(description + ": queryHeads is " + model.queryHeads
                    + "; allowed: a multiple of kvHeads, which is " + model.kvHeads);
        }
        var shape = model.matrixWeights() + (double) model.vocabulary * model.hidden;
        if (Math.abs(model.parameters / shape - 1) > TOLERANCE) {
            throw new UserException(description + ": parameters is " + model.parameters + "; its shape gives "
                    + String.format(Locale.ROOT, "%.0f", shape) + ", and they may differ by 2 percent");
        }
        return model;
    }

    /** Weights that a decode step multiplies by: all matrices and the output head, but not the embedding. */
    public double matrixWeights() {
        var attention = 2.0 * hidden * headDim * (queryHeads + kvHeads);
        var feedForward = 3.0 * hidden * intermediate;
        return layers * (attention + feedForward) + (double) vocabulary * hidden;
    }

    /** Bytes of one token's keys in one layer; its values have as many. */
    public double keyBytes() {
        return (double) kvHeads * headDim * elementBytes;
    }

    /** Bytes of one token's keys and values in one layer. */
    public double tokenBytes() {
        return 2 * keyBytes();
    }

    /** Multiplications and additions of attention to one token in one layer. */
    public double attentionOperations() {
        return 4.0 * queryHeads * headDim;
    }

    /** Bytes of one token's attention probabilities in one layer, one per query head, where a policy has to see them. */
    public double probabilityBytes() {
        return queryHeads * elementBytes;
    }

    @Override
    public String toString() {
        return name;
    }
}
