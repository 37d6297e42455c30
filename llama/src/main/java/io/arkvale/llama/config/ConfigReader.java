package io.arkvale.llama.config;

import io.arkvale.llama.files.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A configuration's keys, read with their types. Remembers which keys were read: a key that nobody reads may change
 * what the model computes, so {@link #requireAllRead} refuses it.
 */
final class ConfigReader {

    private static final int MOST = 1 << 24;

    private final Path file;
    private final JsonNode root;
    private final Set<String> read = new HashSet<>();
    private final List<String> warnings = new ArrayList<>();

    ConfigReader(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
        if (!root.isObject()) {
            throw wrong("it is not a JSON object");
        }
    }

    /** Reads another object of the same file, such as that of RoPE, with warnings of its own. */
    ConfigReader inside(JsonNode object, String name) {
        if (!object.isObject()) {
            throw wrong(name + " is " + object + ", but must be an object");
        }
        return new ConfigReader(file, object);
    }

    /** The value of a key, which then counts as read; a missing node where there is none. */
    JsonNode node(String key) {
        read.add(key);
        return root.path(key);
    }

    /** Whether a key has a value other than null. */
    boolean has(String key) {
        var node = node(key);
        return !node.isMissingNode() && !node.isNull();
    }

    String text(String key, String otherwise) {
        var node = node(key);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!node.isString()) {
            throw wrong(key + " is " + node + ", but must be a text");
        }
        return node.stringValue();
    }

    /** True or false and nothing else, as in transformers: null and "true" are errors. */
    boolean flag(String key, boolean otherwise) {
        var node = node(key);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            throw wrong(key + " is " + node + ", but must be true or false");
        }
        return node.booleanValue();
    }

    /** A size that must be given. */
    int size(String key) {
        var node = node(key);
        boolean fits = node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 1;
        if (!fits || node.intValue() > MOST) {
            throw wrong(key + " is " + shown(node) + ", but must be a whole number from 1 to " + MOST);
        }
        return node.intValue();
    }

    /** A size, or {@code otherwise} when it is missing or null. */
    int size(String key, int otherwise) {
        return has(key) ? size(key) : otherwise;
    }

    /** A positive number, or {@code otherwise} when it is missing or null. */
    double positive(String key, double otherwise) {
        return has(key) ? positive(key) : otherwise;
    }

    /** A positive number, or {@code otherwise} when it is missing; null is an error, as in transformers. */
    double positiveIfGiven(String key, double otherwise) {
        return node(key).isMissingNode() ? otherwise : positive(key);
    }

    /** A positive number that must be given. */
    double positive(String key) {
        var node = node(key);
        double value = node.isNumber() ? node.doubleValue() : Double.NaN;
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw wrong(key + " is " + shown(node) + ", but must be a positive number");
        }
        return value;
    }

    /** Exactly {@code count} positive numbers. */
    List<Float> positives(String key, int count) {
        var node = node(key);
        var numbers = new ArrayList<Float>();
        for (var element : node) {
            if (element.isNumber() && element.doubleValue() > 0) {
                numbers.add(element.floatValue());
            }
        }
        if (!node.isArray() || node.size() != count || numbers.size() != count) {
            throw wrong(key + " must be " + count + " positive numbers");
        }
        return numbers;
    }

    /** Refuses a key whose value is neither missing nor null nor false. */
    void refuse(String key, String why) {
        var node = node(key);
        boolean off = node.isMissingNode() || node.isNull() || (node.isBoolean() && !node.booleanValue());
        if (!off) {
            throw wrong(key + " is " + (node.isObject() ? "given" : node) + ": " + why);
        }
    }

    /** Keys that mean nothing here. */
    void ignore(Set<String> keys) {
        read.addAll(keys);
    }

    void warn(String sentence) {
        warnings.add(file + ": " + sentence);
    }

    List<String> warnings() {
        return warnings;
    }

    /** Keys whose values nobody has read. */
    Set<String> unread() {
        var left = new TreeSet<String>();
        for (var property : root.properties()) {
            var value = property.getValue();
            boolean empty = value.isNull()
                    || (value.isBoolean() && !value.booleanValue())
                    || (value.isContainer() && value.isEmpty());
            // A leading underscore marks what transformers keeps for itself.
            if (!empty
                    && !read.contains(property.getKey())
                    && !property.getKey().startsWith("_")) {
                left.add(property.getKey());
            }
        }
        return left;
    }

    /** Refuses a configuration with keys that nobody has read. */
    void requireAllRead(String family) {
        var left = unread();
        if (!left.isEmpty()) {
            throw wrong("nothing is known of the " + (left.size() == 1 ? "key " : "keys ") + String.join(", ", left)
                    + " in a model of type " + family
                    + ", so it may compute something else than would be computed here; remove what means nothing");
        }
    }

    ModelFormatException wrong(String problem) {
        return new ModelFormatException(file, problem);
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "missing" : node.toString();
    }
}
