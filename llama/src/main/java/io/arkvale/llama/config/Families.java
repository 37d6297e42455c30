package io.arkvale.llama.config;

import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.rope.RopeSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** What each family has beside Llama, read from its configuration. */
final class Families {

    private static final int NO_WINDOW = Integer.MAX_VALUE;
    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    private final ConfigReader reader;
    private final Family family;

    private Families(ConfigReader reader, Family family) {
        this.reader = reader;
        this.family = family;
    }

    static LlamaConfig describe(ConfigReader reader) {
        reader.ignore(HarmlessKeys.ALL);
        for (var key : List.of("quantization_config", "compression_config", "quantization")) {
            if (reader.has(key)) {
                var method = reader.node(key).path("quant_method").asString("an unnamed method");
                throw reader.wrong("the weights are quantised (" + key + ", " + method
                        + "), and only weights in float32, float16 and bfloat16 are read");
            }
        }
        var type = reader.text("model_type", "");
        return new Families(reader, Family.of(type).orElseThrow(() -> unknown(reader, type))).describe();
    }

    private static ModelFormatException unknown(ConfigReader reader, String type) {
        if (type.isEmpty()) {
            return reader.wrong("model_type is missing, but must be one of " + Family.names());
        }
        return reader.wrong("model_type is \"" + type + "\", but only " + Family.names() + " are supported"
                + (type.equals("gemma3") ? " (gemma3 is the one with images)" : ""));
    }

    private LlamaConfig describe() {
        int layers = reader.size("num_hidden_layers");
        int queryHeads = reader.size("num_attention_heads");
        int kvHeads = kvHeads(queryHeads);
        int hiddenSize = reader.size("hidden_size");
        int headDim = headDim(hiddenSize, queryHeads);
        int maxPositions = reader.size("max_position_embeddings", family.maxPositions());
        var layerTypes = layerTypes(layers);
        return new LlamaConfig(
                family.modelType(),
                hiddenSize,
                reader.size("intermediate_size"),
                layers,
                queryHeads,
                kvHeads,
                headDim,
                reader.size("vocab_size"),
                maxPositions,
                norms(),
                projections(),
                activation(),
                multipliers(hiddenSize, headDim),
                ropes(headDim, maxPositions, layerTypes, layers),
                window(layerTypes, layers),
                reader.flag("tie_word_embeddings", family.tied()),
                finish());
    }

    /** The last checks, when everything has been read, and the warnings. */
    private List<String> finish() {
        refuseSoftCaps();
        readFixedKeys();
        reader.requireAllRead(family.modelType());
        return reader.warnings();
    }

    private int kvHeads(int queryHeads) {
        boolean isNull = reader.node("num_key_value_heads").isNull();
        int otherwise = isNull || family.kvHeads() == 0 ? queryHeads : family.kvHeads();
        int kvHeads = reader.size("num_key_value_heads", otherwise);
        if (queryHeads % kvHeads != 0) {
            throw reader.wrong("num_attention_heads is " + queryHeads + ", which is no multiple of num_key_value_heads "
                    + kvHeads);
        }
        return kvHeads;
    }

    private int headDim(int hiddenSize, int queryHeads) {
        int assumed = reader.node("head_dim").isMissingNode() ? family.headDim() : 0;
        if (!reader.has("head_dim") && assumed == 0 && hiddenSize % queryHeads != 0) {
            throw reader.wrong("hidden_size is " + hiddenSize + ", which is no multiple of num_attention_heads "
                    + queryHeads + ", and head_dim is not given");
        }
        int headDim = reader.size("head_dim", assumed == 0 ? hiddenSize / queryHeads : assumed);
        if (headDim % 2 != 0) {
            throw reader.wrong("head_dim is " + headDim + ", but rotary positions need an even number");
        }
        return headDim;
    }

    private Norms norms() {
        float epsilon = (float) reader.positiveIfGiven("rms_norm_eps", family.epsilon());
        return switch (family) {
            case QWEN3 -> new Norms(epsilon, false, true, false, Norms.Heads.EACH);
            case OLMO2 -> new Norms(epsilon, false, false, true, Norms.Heads.TOGETHER);
            case GEMMA2 -> new Norms(epsilon, true, true, true, Norms.Heads.NONE);
            case GEMMA3 -> new Norms(epsilon, true, true, true, Norms.Heads.EACH);
            default -> Norms.before(epsilon);
        };
    }

    private Projections projections() {
        return switch (family) {
            case QWEN2 -> new Projections(true, false, false, false);
            case PHI3 -> new Projections(false, false, false, true);
            case MISTRAL -> Projections.PLAIN;
            default -> {
                boolean attention = reader.flag("attention_bias", false);
                boolean hasFeedForward = family == Family.LLAMA || family == Family.SMOLLM3 || family == Family.GRANITE;
                yield new Projections(attention, attention, hasFeedForward && reader.flag("mlp_bias", false), false);
            }
        };
    }

    private Activation activation() {
        var key = family.isGemma() ? "hidden_activation" : "hidden_act";
        if (family.isGemma()) {
            reader.ignore(Set.of("hidden_act"));
            if (!reader.has(key)) {
                return Activation.GELU_TANH;
            }
        }
        var name = reader.text(key, "silu");
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
            default ->
                throw reader.wrong(key + " is \"" + name
                        + "\", but only silu (also called swish) and gelu_pytorch_tanh are supported");
        };
    }

    private Multipliers multipliers(int hiddenSize, int headDim) {
        if (family == Family.GRANITE) {
            return new Multipliers(
                    (float) reader.positive("embedding_multiplier", 1),
                    (float) reader.positive("residual_multiplier", 1),
                    (float) (reader.positive("attention_multiplier", 1) * Math.sqrt(headDim)),
                    (float) reader.positive("logits_scaling", 1));
        }
        if (family.isGemma()) {
            double scale = 1 / Math.sqrt(reader.positive("query_pre_attn_scalar", 256));
            return new Multipliers((float) Math.sqrt(hiddenSize), 1, (float) (scale * Math.sqrt(headDim)), 1);
        }
        return Multipliers.NONE;
    }

    /** Each layer's kind where the file lists them, else nothing. */
    private List<String> layerTypes(int layers) {
        if (!reader.has("layer_types")) {
            return List.of();
        }
        List<String> types = new ArrayList<>();
        for (var type : reader.node("layer_types")) {
            if (!type.isString() || !List.of(SLIDING, FULL).contains(type.stringValue())) {
                throw reader.wrong(
                        "layer_types has " + type + ", but only " + FULL + " and " + SLIDING + " are supported");
            }
            types.add(type.stringValue());
        }
        if (types.size() != layers) {
            throw reader.wrong("layer_types has " + types.size() + " entries for " + layers + " layers");
        }
        return types;
    }

    private List<RopeSettings> ropes(int headDim, int maxPositions, List<String> layerTypes, int layers) {
        var rope = new RopeReader(reader, family, headDim, maxPositions);
        if (family == Family.GEMMA3) {
            return gemma3Ropes(rope, gemmaTypes(layerTypes, layers));
        }
        var settings = rope.read();
        if (family != Family.SMOLLM3) {
            return Collections.nCopies(layers, settings);
        }
        List<RopeSettings> ropes = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            ropes.add(hasPositions(layer, layers) ? settings : RopeSettings.NONE);
        }
        return ropes;
    }

    /**
     * SmolLM3's layers with positions: a list has a 1 for each; without a list, all but every n-th, by the interval.
     */
    private boolean hasPositions(int layer, int layers) {
        int interval = reader.size("no_rope_layer_interval", 4);
        if (!reader.has("no_rope_layers")) {
            return (layer + 1) % interval != 0;
        }
        var list = reader.node("no_rope_layers");
        var entry = list.path(layer);
        if (!list.isArray() || list.size() < layers || !entry.isInt() || entry.intValue() < 0 || entry.intValue() > 1) {
            throw reader.wrong("no_rope_layers must have a 0 or 1 for each of the " + layers + " layers");
        }
        return entry.intValue() == 1;
    }

    /** Layers with a window have a base of their own, and only the others are scaled. */
    private List<RopeSettings> gemma3Ropes(RopeReader rope, List<String> types) {
        var parameters = reader.node("rope_parameters");
        var scaling = reader.node("rope_scaling");
        if (parameters.isObject() && !parameters.isEmpty() && !parameters.has(FULL) && !parameters.has(SLIDING)) {
            throw reader.wrong("rope_parameters must have an object for " + FULL + " and one for " + SLIDING);
        }
        if (scaling.isObject() && parameters.path(FULL).isObject()) {
            throw reader.wrong(
                    "rope_scaling and rope_parameters." + FULL + " are both given; only one of them can count");
        }
        var fullNode = scaling.isObject() ? scaling : parameters.path(FULL);
        var full = rope.settings(fullNode, "the RoPE of " + FULL, reader.positive("rope_theta", family.ropeTheta()));
        var local = rope.settings(
                parameters.path(SLIDING), "the RoPE of " + SLIDING, reader.positive("rope_local_base_freq", 10_000));
        return types.stream().map(type -> type.equals(SLIDING) ? local : full).toList();
    }

    private List<String> gemmaTypes(List<String> listed, int layers) {
        int pattern = family == Family.GEMMA2 ? 2 : reader.size("sliding_window_pattern", 6);
        if (!listed.isEmpty()) {
            return listed;
        }
        List<String> types = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            types.add((layer + 1) % pattern == 0 ? FULL : SLIDING);
        }
        return types;
    }

    /** The tokens up to which no layer's window is exceeded. */
    private int window(List<String> layerTypes, int layers) {
        return switch (family) {
            case MISTRAL -> slidingWindow(reader.node("sliding_window").isMissingNode() ? 4096 : NO_WINDOW);
            case PHI3 -> slidingWindow(NO_WINDOW);
            case QWEN2, QWEN3 -> {
                int window = slidingWindow(reader.node("sliding_window").isMissingNode() ? 4096 : NO_WINDOW);
                int first = reader.node("max_window_layers").asInt(28);
                boolean any = layerTypes.isEmpty() ? first < layers : layerTypes.contains(SLIDING);
                yield reader.flag("use_sliding_window", false) && any ? window : NO_WINDOW;
            }
            case SMOLLM3 -> {
                int window = slidingWindow(NO_WINDOW);
                boolean any = layerTypes.isEmpty() || layerTypes.contains(SLIDING);
                yield reader.flag("use_sliding_window", false) && any ? window : NO_WINDOW;
            }
            case GEMMA2, GEMMA3 -> {
                int window = slidingWindow(reader.node("sliding_window").isMissingNode() ? 4096 : NO_WINDOW);
                yield gemmaTypes(layerTypes, layers).contains(SLIDING) ? window : NO_WINDOW;
            }
            default -> NO_WINDOW;
        };
    }

    private int slidingWindow(int otherwise) {
        return reader.size("sliding_window", otherwise);
    }

    private void refuseSoftCaps() {
        if (!family.isGemma()) {
            return;
        }
        reader.refuse("use_bidirectional_attention", "only attention to earlier tokens is supported");
        for (var key : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
            if (family == Family.GEMMA2 && reader.node(key).isMissingNode()) {
                throw reader.wrong(
                        key + " is missing, which in gemma2 means a soft cap, and soft caps are not supported");
            }
            reader.refuse(key, "soft caps are not supported");
        }
    }

    /** Keys that files of a family carry, always with the one value that means nothing. */
    private void readFixedKeys() {
        if (family == Family.SMOLLM3) {
            reader.ignore(Set.of("max_window_layers"));
        }
        if (family == Family.PHI3) {
            for (var key : List.of("interpolate_factor", "full_attn_mod")) {
                if (reader.has(key) && reader.node(key).asDouble(0) != 1) {
                    throw reader.wrong(key + " is " + reader.node(key) + ", but only 1 is supported");
                }
            }
        }
    }
}
