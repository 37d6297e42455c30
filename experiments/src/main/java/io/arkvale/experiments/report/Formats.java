package io.arkvale.experiments.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The formats for programs. Both hold the same columns. */
public final class Formats {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Formats() {}

    /** An array of objects, one per row. */
    public static String json(Report report) {
        return JSON.writeValueAsString(report.asMaps()) + "\n";
    }

    /** Reads what {@link #json} wrote; numbers, words, booleans and null come back, lists as their words. */
    public static Report parse(byte[] json) {
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        for (var object : JSON.readTree(json)) {
            var row = new LinkedHashMap<String, @Nullable Object>();
            for (var entry : object.properties()) {
                row.put(entry.getKey(), value(entry.getValue()));
            }
            rows.add(row);
        }
        return Report.ofMaps(rows);
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isIntegralNumber()) {
            return node.asLong();
        }
        if (node.isNumber()) {
            return node.decimalValue();
        }
        return node.isBoolean() ? node.asBoolean() : node.asString();
    }

    /** RFC 4180 with a header line; null is an empty field, a list is joined by spaces. */
    public static String csv(Report report) {
        var text = new StringBuilder();
        text.append(line(report.columns()));
        for (var row : report.rows()) {
            text.append(line(row));
        }
        return text.toString();
    }

    private static String line(List<? extends @Nullable Object> cells) {
        return cells.stream().map(Formats::field).collect(Collectors.joining(",")) + "\n";
    }

    private static String field(@Nullable Object value) {
        var text = text(value);
        var quote = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quote ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    /** A value as it stands in CSV and tables. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
                : value.toString();
    }
}
