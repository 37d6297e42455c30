package io.arkvale.llama.config;

import io.arkvale.llama.rope.RopeScaling;
import io.arkvale.llama.rope.RopeSettings;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * RoPE's settings in all the spellings that transformers 4 and 5 write: at the root, in {@code rope_scaling} or in {@code
 * rope_parameters}, the kind as {@code rope_type} or {@code type}. Where they contradict each other the rules are those of
 * transformers 5, and a warning says so.
 */
final class RopeReader {

    private final ConfigReader reader;
    private final int headDim;
    private final int maxPositions;
    private final double theta;
    private final boolean isPhi3;

    RopeReader(ConfigReader reader, Family family, int headDim, int maxPositions) {
        this.reader = reader;
        this.headDim = headDim;
        this.maxPositions = maxPositions;
        theta = family.ropeTheta();
        isPhi3 = family == Family.PHI3;
    }

    /** The settings of a model whose layers are all turned alike. */
    RopeSettings read() {
        var scaling = reader.node("rope_scaling");
        var parameters = reader.node("rope_parameters");
        reader.ignore(Set.of("rope_theta", "original_max_position_embeddings"));
        boolean scalingCounts = scaling.isObject() && !scaling.isEmpty();
        if (scalingCounts && parameters.isObject() && !parameters.isEmpty() && !parameters.equals(scaling)) {
            reader.warn("rope_scaling and rope_parameters contradict each other; rope_scaling counts, as in"
                    + " transformers");
        }
        var counts = scalingCounts ? scaling : parameters;
        // A base in the object counts, whatever stands at the root.
        double rootTheta = counts.has("rope_theta") ? theta : reader.positiveIfGiven("rope_theta", theta);
        return settings(counts, scalingCounts ? "rope_scaling" : "rope_parameters", rootTheta);
    }

    /** The settings of one kind of layer, from an object in {@code rope_parameters}. */
    RopeSettings settings(JsonNode object, String name, double otherTheta) {
        var node = object.isMissingNode() || object.isNull() ? JsonNodeFactory.instance.objectNode() : object;
        var keys = reader.inside(node, name);
        var type = keys.text("rope_type", keys.text("type", "default"));
        double base = keys.positiveIfGiven("rope_theta", otherTheta);
        var settings = new RopeSettings(width(keys, type), base, scaling(keys, type, name));
        for (var key : keys.unread()) {
            reader.warn(name + "." + key + " means nothing in RoPE of type " + type + ", as in transformers");
        }
        return settings;
    }

    private int width(ConfigReader keys, String type) {
        double part = keys.positive("partial_rotary_factor", reader.positive("partial_rotary_factor", 1));
        if (part == 1) {
            return headDim;
        }
        if (!isPhi3) {
            if (type.equals("default")) {
                reader.warn("partial_rotary_factor means nothing in this type of model, as in transformers");
                return headDim;
            }
            throw reader.wrong("partial_rotary_factor is " + part
                    + ", which this type of model cannot have with RoPE of" + " type " + type);
        }
        int width = (int) (headDim * part);
        if (width < 2 || width > headDim || width % 2 != 0) {
            throw reader.wrong("partial_rotary_factor is " + part + ", which turns " + width + " of " + headDim
                    + " numbers of a head; it must be an even number from 2 on");
        }
        return width;
    }

    private RopeScaling scaling(ConfigReader keys, String type, String name) {
        var kind = isPhi3 && (type.equals("su") || type.equals("yarn")) ? "longrope" : type;
        return switch (kind) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear((float) keys.positive("factor"));
            case "dynamic" -> new RopeScaling.Dynamic((float) keys.positive("factor"));
            case "llama3" ->
                new RopeScaling.Llama3(
                        (float) keys.positive("factor"),
                        (float) keys.positive("low_freq_factor"),
                        (float) keys.positive("high_freq_factor"),
                        originalPositions(keys));
            case "yarn" -> yarn(keys);
            case "longrope" -> longRope(keys);
            default ->
                throw reader.wrong("the RoPE in " + name + " is of type '" + type
                        + "', but only default, linear, dynamic, llama3, yarn and longrope are supported");
        };
    }

    /** The length before stretching: at the root, as Phi-3 has it, else in the object, else the model's own. */
    private int originalPositions(ConfigReader keys) {
        int inObject = keys.size("original_max_position_embeddings", maxPositions);
        int otherwise = isPhi3 && !keys.has("original_max_position_embeddings") ? 4096 : inObject;
        return reader.size("original_max_position_embeddings", otherwise);
    }

    private RopeScaling yarn(ConfigReader keys) {
        int original = originalPositions(keys);
        double factor = keys.positive("factor");
        double attention = keys.positive("attention_factor", yarnAttention(keys, factor));
        return new RopeScaling.Yarn(
                factor,
                attention,
                keys.positive("beta_fast", 32),
                keys.positive("beta_slow", 1),
                original,
                keys.flag("truncate", true));
    }

    private static double yarnAttention(ConfigReader keys, double factor) {
        if (keys.has("mscale") && keys.has("mscale_all_dim")) {
            return yarnScale(factor, keys.positive("mscale")) / yarnScale(factor, keys.positive("mscale_all_dim"));
        }
        return yarnScale(factor, 1);
    }

    private static double yarnScale(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private RopeScaling longRope(ConfigReader keys) {
        int original = originalPositions(keys);
        double factor = keys.positive("factor", (double) maxPositions / original);
        double attention = keys.positive(
                "attention_factor", factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
        int pairs = width(keys, "longrope") / 2;
        return new RopeScaling.LongRope(
                keys.positives("short_factor", pairs), keys.positives("long_factor", pairs), attention, original);
    }
}
