package io.arkvale.experiments.simulate.description;

import io.arkvale.experiments.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a description's fields, and says in one sentence what is wrong with one. */
final class Description {
    private static final String SOURCES = "sources";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String what;
    private final JsonNode root;

    /**
     * Parses a description.
     *
     * @param what it in words, for messages
     * @param yaml its content
     * @param fields all fields that it has beside its sources
     * @throws UserException if it is not a map of these fields
     */
    Description(String what, byte[] yaml, List<String> fields) {
        this.what = what;
        try {
            root = YAML.readTree(yaml);
        } catch (JacksonException e) {
            var reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new UserException(
                    what + " is not valid YAML at line " + e.getLocation().getLineNr() + ": " + reason, e);
        }
        if (root == null || !root.isObject()) {
            throw new UserException(what + " is not a map of fields; fields: " + fields);
        }
        for (var name : root.propertyNames()) {
            if (!fields.contains(name) && !name.equals(SOURCES)) {
                throw new UserException(what + " has the unknown field '" + name + "'; fields: " + fields);
            }
        }
    }

    String text(String field) {
        var value = node(field);
        if (!value.isString() || value.asString().isBlank()) {
            throw wrong(field, value, "a word");
        }
        return value.asString();
    }

    /** A number above 0. */
    double positive(String field) {
        var value = node(field);
        if (!value.isNumber() || !Double.isFinite(value.asDouble()) || value.asDouble() <= 0) {
            throw wrong(field, value, "a number above 0");
        }
        return value.asDouble();
    }

    /** A number above 0, at most 1. */
    double fraction(String field) {
        if (positive(field) > 1) {
            throw wrong(field, node(field), "above 0, at most 1");
        }
        return node(field).asDouble();
    }

    /** A whole number from 1. */
    long wholeNumber(String field) {
        var value = node(field);
        if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 1) {
            throw wrong(field, value, "a whole number from 1");
        }
        return value.asLong();
    }

    /** A whole number from 1 that an int holds. */
    int count(String field) {
        if (wholeNumber(field) > Integer.MAX_VALUE) {
            throw wrong(field, node(field), "a whole number from 1 to " + Integer.MAX_VALUE);
        }
        return node(field).asInt();
    }

    /** Where its constants come from, by field; empty if it does not say. */
    Map<String, String> sources() {
        var sources = new HashMap<String, String>();
        for (var entry : root.path(SOURCES).properties()) {
            sources.put(entry.getKey(), entry.getValue().asString());
        }
        return sources;
    }

    private JsonNode node(String field) {
        var value = root.get(field);
        if (value == null) {
            throw new UserException(what + " lacks the field '" + field + "'");
        }
        return value;
    }

    private UserException wrong(String field, JsonNode value, String allowed) {
        return new UserException(
                what + ": " + field + " is " + (value.isString() ? value.asString() : value) + "; allowed: " + allowed);
    }

    @Override
    public String toString() {
        return what;
    }
}
