package io.arkvale.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The hyper-parameters of a Llama model, from the {@code config.json} of its HuggingFace directory.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward gate
 * @param queryHeads a multiple of {@code kvHeads}
 * @param maxPositions longest sequence that the model's file declares
 * @param tiedEmbeddings whether the head's weights are those of the embedding
 */
public record LlamaConfig(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int queryHeads,
        int kvHeads,
        int headDim,
        int vocabulary,
        int maxPositions,
        float normEpsilon,
        double ropeTheta,
        RopeScaling ropeScaling,
        boolean tiedEmbeddings)
        implements AttentionShape {

    /** The file's name in a model's directory. */
    public static final String FILE = "config.json";

    private static final int MOST = 1 << 24;

    /**
     * Reads {@code config.json} of a model's directory.
     *
     * @throws ModelFormatException if it is missing, wrong, or describes a model that is not supported
     */
    public static LlamaConfig read(Path directory) {
        var file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file, "there is no such file, so " + directory + " is no model directory");
        }
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ModelFormatException(file, "it cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "it is not valid JSON: " + e.getOriginalMessage(), e);
        }
        return new ConfigReader(file, root).read();
    }

    private record ConfigReader(Path file, JsonNode root) {

        LlamaConfig read() {
            requireText("model_type", "llama");
            if (present("hidden_act")) {
                requireText("hidden_act", "silu");
            }
            requireFalse("attention_bias");
            requireFalse("mlp_bias");
            int queryHeads = size("num_attention_heads");
            int kvHeads = root.has("num_key_value_heads") ? size("num_key_value_heads") : queryHeads;
            if (queryHeads % kvHeads != 0) {
                throw wrong("num_attention_heads is " + queryHeads + ", which is no multiple of num_key_value_heads "
                        + kvHeads);
            }
            int hiddenSize = size("hidden_size");
            if (!present("head_dim") && hiddenSize % queryHeads != 0) {
                throw wrong("hidden_size is " + hiddenSize + ", which is no multiple of num_attention_heads "
                        + queryHeads + ", and head_dim is not given");
            }
            int headDim = present("head_dim") ? size("head_dim") : hiddenSize / queryHeads;
            if (headDim % 2 != 0) {
                throw wrong("head_dim is " + headDim + ", but rotary positions need an even number");
            }
            return new LlamaConfig(
                    hiddenSize,
                    size("intermediate_size"),
                    size("num_hidden_layers"),
                    queryHeads,
                    kvHeads,
                    headDim,
                    size("vocab_size"),
                    size("max_position_embeddings"),
                    (float) positive(root, "rms_norm_eps", 1e-6),
                    ropeTheta(),
                    ropeScaling(),
                    root.path("tie_word_embeddings").asBoolean(false));
        }

        /** Newer files keep all of RoPE's settings in one object. */
        private JsonNode ropeParameters() {
            return present("rope_parameters") ? root.path("rope_parameters") : root.path("rope_scaling");
        }

        private double ropeTheta() {
            var parameters = ropeParameters();
            return positive(parameters.has("rope_theta") ? parameters : root, "rope_theta", 10_000);
        }

        private RopeScaling ropeScaling() {
            var node = ropeParameters();
            if (node.isMissingNode() || node.isNull()) {
                return new RopeScaling.None();
            }
            var type = node.path("rope_type").asString(node.path("type").asString("default"));
            return switch (type) {
                case "default" -> new RopeScaling.None();
                case "llama3" ->
                    new RopeScaling.Llama3(
                            (float) positive(node, "factor", Double.NaN),
                            (float) positive(node, "low_freq_factor", Double.NaN),
                            (float) positive(node, "high_freq_factor", Double.NaN),
                            (int) positive(node, "original_max_position_embeddings", Double.NaN));
                default -> throw wrong("the RoPE scaling '" + type + "' is not supported, only default and llama3 are");
            };
        }

        private void requireText(String field, String expected) {
            var node = root.path(field);
            if (!node.isString() || !node.stringValue().equals(expected)) {
                var found = node.isMissingNode() ? "missing" : node.toString();
                throw wrong(field + " is " + found + ", but only \"" + expected + "\" is supported");
            }
        }

        private void requireFalse(String field) {
            if (present(field)
                    && !(root.path(field).isBoolean() && !root.path(field).booleanValue())) {
                throw wrong(field + " is " + root.path(field) + ", but only models without biases are supported");
            }
        }

        private boolean present(String field) {
            return root.has(field) && !root.path(field).isNull();
        }

        private int size(String field) {
            var node = root.path(field);
            boolean fits = node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 1;
            if (!fits || node.intValue() > MOST) {
                var found = node.isMissingNode() ? "missing" : node.toString();
                throw wrong(field + " is " + found + ", but must be a whole number from 1 to " + MOST);
            }
            return node.intValue();
        }

        private double positive(JsonNode parent, String field, double otherwise) {
            var node = parent.path(field);
            double value = node.isMissingNode() ? otherwise : node.isNumber() ? node.doubleValue() : Double.NaN;
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                var found = node.isMissingNode() ? "missing" : node.toString();
                throw wrong(field + " is " + found + ", but must be a positive number");
            }
            return value;
        }

        private ModelFormatException wrong(String problem) {
            return new ModelFormatException(file, problem);
        }
    }
}
