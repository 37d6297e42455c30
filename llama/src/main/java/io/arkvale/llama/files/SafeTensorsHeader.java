package io.arkvale.llama.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The JSON header of a safetensors file, checked: every tensor's type, shape and offsets agree, and the tensors cover
 * the data exactly, without a gap or an overlap.
 *
 * @param tensors by name, in the order of their data
 * @param metadata the free text entries of {@code __metadata__}
 */
record SafeTensorsHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata) {

    static final String METADATA = "__metadata__";

    /**
     * Reads a header.
     *
     * @param dataBytes bytes of the file after the header
     */
    static SafeTensorsHeader parse(Path file, byte[] json, long dataBytes) {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "the header is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new ModelFormatException(file, "the header is not a JSON object");
        }
        var metadata = new LinkedHashMap<String, String>();
        var entries = new ArrayList<TensorEntry>();
        for (var property : root.properties()) {
            if (property.getKey().equals(METADATA)) {
                readMetadata(file, property.getValue(), metadata);
            } else {
                entries.add(readEntry(file, property.getKey(), property.getValue(), dataBytes));
            }
        }
        entries.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        checkCover(file, entries, dataBytes);
        var tensors = new LinkedHashMap<String, TensorEntry>();
        entries.forEach(entry -> tensors.put(entry.name(), entry));
        return new SafeTensorsHeader(tensors, metadata);
    }

    private static void readMetadata(Path file, JsonNode node, Map<String, String> metadata) {
        if (!node.isObject()) {
            throw new ModelFormatException(file, "the header's " + METADATA + " is not an object");
        }
        for (var property : node.properties()) {
            if (!property.getValue().isString()) {
                throw new ModelFormatException(
                        file, "the header's " + METADATA + " entry '" + property.getKey() + "' is not a string");
            }
            metadata.put(property.getKey(), property.getValue().stringValue());
        }
    }

    private static TensorEntry readEntry(Path file, String name, JsonNode node, long dataBytes) {
        if (!node.isObject()) {
            throw wrong(file, name, "its description is not an object");
        }
        var dtype = node.path("dtype");
        if (!dtype.isString()) {
            throw wrong(file, name, "dtype is missing or not a string");
        }
        var type = TensorType.named(dtype.stringValue())
                .orElseThrow(() -> wrong(file, name, "dtype '" + dtype.stringValue() + "' is not a known type"));
        var shape = readLongs(file, name, node, "shape");
        var offsets = readLongs(file, name, node, "data_offsets");
        if (offsets.size() != 2) {
            throw wrong(file, name, "data_offsets has " + offsets.size() + " numbers instead of 2");
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin > end || end > dataBytes) {
            throw wrong(
                    file,
                    name,
                    "data_offsets " + offsets + " do not lie within the file's " + dataBytes + " bytes of data");
        }
        long bytes = type.bytes();
        try {
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, size);
            }
        } catch (ArithmeticException e) {
            throw new ModelFormatException(
                    file, "tensor '" + name + "': shape " + shape + " has more elements than can be counted", e);
        }
        if (bytes != end - begin) {
            throw wrong(
                    file,
                    name,
                    "shape " + shape + " of " + type + " takes " + bytes + " bytes, but data_offsets " + offsets
                            + " span " + (end - begin));
        }
        return new TensorEntry(name, type, shape, begin, end);
    }

    private static List<Long> readLongs(Path file, String name, JsonNode node, String field) {
        var array = node.path(field);
        if (!array.isArray()) {
            throw wrong(file, name, field + " is missing or not an array");
        }
        var numbers = new ArrayList<Long>(array.size());
        for (var element : array) {
            if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
                throw wrong(file, name, field + " contains " + element + ", which is not a whole number from 0 on");
            }
            numbers.add(element.longValue());
        }
        return numbers;
    }

    private static void checkCover(Path file, List<TensorEntry> entries, long dataBytes) {
        long covered = 0;
        String before = "the header";
        for (var entry : entries) {
            if (entry.begin() < covered) {
                throw wrong(file, entry.name(), "its data overlaps that of " + before);
            }
            if (entry.begin() > covered) {
                throw wrong(
                        file,
                        entry.name(),
                        (entry.begin() - covered) + " bytes between " + before + " and its data belong to no tensor");
            }
            covered = entry.end();
            before = "tensor '" + entry.name() + "'";
        }
        if (covered != dataBytes) {
            throw new ModelFormatException(
                    file, (dataBytes - covered) + " bytes after " + before + " belong to no tensor");
        }
    }

    private static ModelFormatException wrong(Path file, String name, String problem) {
        return new ModelFormatException(file, "tensor '" + name + "': " + problem);
    }
}
