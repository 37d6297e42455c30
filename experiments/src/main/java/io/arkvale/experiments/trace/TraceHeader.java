package io.arkvale.experiments.trace;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.StrictJson;
import io.arkvale.llama.attention.AttentionShape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a trace says of itself: the model's shape, the text's, and the run that it is of.
 *
 * @param contextTokens tokens that were prefilled with full attention, at least 1
 * @param contextQueries the last of them whose queries are there; at least 256 of them, or all
 * @param steps decode steps after the context, at least 1
 * @param run where the vectors come from
 */
public record TraceHeader(
        int layers,
        int queryHeads,
        int kvHeads,
        int headDim,
        int contextTokens,
        int contextQueries,
        int steps,
        RecordedRun run)
        implements AttentionShape {
    /** Version of the format; raised when something changes its meaning or goes. */
    public static final int VERSION = 1;

    /** Context queries that are always there, unless the context is shorter. */
    public static final int LEAST_QUERIES = 256;

    /** The header's entry in the file's metadata. */
    static final String ENTRY = "arkvale-trace";

    /** Far more layers, heads and elements of a head than any model has. */
    private static final int MOST_HEADS = 1024;

    /** Some arrays hold all tokens of a head, and a JVM's arrays have at most this many elements. */
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    /**
     * The run that was recorded.
     *
     * @param recorder the software that wrote the trace
     * @param model the model in words
     * @param seed the seed of the prompt
     * @param policy under which the steps were decoded
     * @param budget in tokens; means nothing to full attention
     * @param denseLayers first layers that kept everything
     */
    public record RecordedRun(String recorder, String model, long seed, String policy, int budget, int denseLayers) {}

    /** Tokens of context and steps together. */
    public int tokens() {
        return Math.addExact(contextTokens, steps);
    }

    String json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("version", VERSION);
        fields.put("layers", layers);
        fields.put("query_heads", queryHeads);
        fields.put("kv_heads", kvHeads);
        fields.put("head_dim", headDim);
        fields.put("context_tokens", contextTokens);
        fields.put("context_queries", contextQueries);
        fields.put("steps", steps);
        fields.put("recorder", run.recorder());
        fields.put("model", run.model());
        fields.put("seed", run.seed());
        fields.put("policy", run.policy());
        fields.put("budget", run.budget());
        fields.put("dense_layers", run.denseLayers());
        return StrictJson.MAPPER.writeValueAsString(fields);
    }

    /**
     * Reads and checks a header.
     *
     * @param metadata that of the file
     * @throws UserException if it is missing or something in it is wrong
     */
    static TraceHeader parse(Path file, Map<String, String> metadata) {
        var json = metadata.get(ENTRY);
        if (json == null) {
            throw new UserException(file + ": it is no trace, since its metadata have no entry '" + ENTRY + "'");
        }
        try {
            return new Fields(file, StrictJson.MAPPER.readTree(json)).header();
        } catch (JacksonException e) {
            throw new UserException(file + ": the trace's header is not valid JSON: " + StrictJson.reason(e), e);
        }
    }

    /** Checked reading of the fields. */
    private record Fields(Path file, JsonNode root) {
        TraceHeader header() {
            if (integer("version", 1, Integer.MAX_VALUE) != VERSION) {
                throw new UserException(file + ": version of the trace's format is "
                        + root.path("version").asInt() + "; this release reads " + VERSION);
            }
            var kvHeads = integer("kv_heads", 1, MOST_HEADS);
            var queryHeads = multiple("query_heads", kvHeads);
            var headDim = multiple("head_dim", 2);
            var contextTokens = integer("context_tokens", 1, MOST_ELEMENTS / headDim - 1);
            var steps = integer("steps", 1, MOST_ELEMENTS / headDim - contextTokens);
            var layers = integer("layers", 1, MOST_HEADS);
            return new TraceHeader(
                    layers,
                    queryHeads,
                    kvHeads,
                    headDim,
                    contextTokens,
                    integer("context_queries", Math.min(LEAST_QUERIES, contextTokens), contextTokens),
                    steps,
                    new RecordedRun(
                            text("recorder"),
                            text("model"),
                            number("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                            text("policy"),
                            integer("budget", 0, Integer.MAX_VALUE),
                            integer("dense_layers", 0, layers)));
        }

        private int multiple(String field, int of) {
            var value = integer(field, of, MOST_HEADS);
            if (value % of != 0) {
                throw wrong(field, Integer.toString(value), "multiples of " + of);
            }
            return value;
        }

        private int integer(String field, int least, int most) {
            return (int) number(field, least, most);
        }

        private long number(String field, long least, long most) {
            var node = root.path(field);
            if (!node.isIntegralNumber()
                    || !node.canConvertToLong()
                    || node.longValue() < least
                    || node.longValue() > most) {
                throw wrong(field, found(node), "whole numbers from " + least + " to " + most);
            }
            return node.longValue();
        }

        private String text(String field) {
            var node = root.path(field);
            if (!node.isString()) {
                throw wrong(field, found(node), "a string");
            }
            return node.stringValue();
        }

        private static String found(JsonNode node) {
            return node.isMissingNode() ? "missing" : node.toString();
        }

        private UserException wrong(String field, String found, String allowed) {
            return new UserException(
                    file + ": " + field + " of the trace's header is " + found + "; allowed: " + allowed);
        }
    }
}
