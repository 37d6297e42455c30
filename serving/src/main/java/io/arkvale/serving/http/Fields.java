package io.arkvale.serving.http;

import io.arkvale.llama.files.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The fields of a JSON object, each read once by its type. A field that nobody reads is refused. */
final class Fields {
    private final JsonNode object;
    private final String path;
    private final Set<String> known = new TreeSet<>();

    private Fields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    static Fields of(byte[] body) {
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw new HttpError(400, "the body is not JSON, or names a field twice" + place(e), null);
        }
        if (!node.isObject()) {
            throw new HttpError(400, "the body is no JSON object; allowed: {\"model\": …}", null);
        }
        return new Fields(node, "");
    }

    /** Where a body is wrong. Why, the library says in words that name its classes. */
    private static String place(JacksonException error) {
        var location = error.getLocation(); // none where a limit is passed, such as that of depth
        return location == null || location.getLineNr() < 1
                ? ""
                : "; see line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    static Fields of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw HttpError.wrong(path, path + " is " + shown(node) + "; allowed: an object");
        }
        return new Fields(node, path + ".");
    }

    /** A field's value; null if it is not there or null. */
    @Nullable
    JsonNode get(String name) {
        known.add(name);
        var value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return get(name) != null;
    }

    String path(String name) {
        return path + name;
    }

    JsonNode require(String name, String allowed) {
        var value = get(name);
        if (value == null) {
            throw HttpError.wrong(path(name), path(name) + " is missing; allowed: " + allowed);
        }
        return value;
    }

    String text(String name) {
        var value = require(name, "a text");
        if (!value.isString()) {
            throw wrong(name, value, "a text");
        }
        return value.asString();
    }

    boolean flag(String name) {
        var value = get(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(name, value, "true or false");
        }
        return value != null && value.asBoolean();
    }

    int whole(String name, int least, int most, int otherwise) {
        return (int) wholeLong(name, least, most, otherwise);
    }

    long wholeLong(String name, long least, long most, long otherwise) {
        var value = get(name);
        if (value == null) {
            return otherwise;
        }
        var allowed = "a whole number from " + least + " to " + most;
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(name, value, allowed);
        }
        long number = value.longValue();
        if (number < least || number > most) {
            throw wrong(name, value, allowed);
        }
        return number;
    }

    double number(String name, double least, double most, double otherwise) {
        var value = get(name);
        if (value == null) {
            return otherwise;
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= least && number <= most)) {
            throw wrong(name, value, String.format(Locale.ROOT, "a number from %s to %s", least, most));
        }
        return number;
    }

    /** A text or a list of texts; none if the field is not there. */
    List<String> texts(String name, int most) {
        var value = get(name);
        if (value == null) {
            return List.of();
        }
        var allowed = "a text, or a list of at most " + most + " texts";
        var texts = new ArrayList<String>();
        for (var text : value.isArray() ? value : Json.MAPPER.createArrayNode().add(value)) {
            if (!text.isString() || texts.size() == most) {
                throw wrong(name, value, allowed);
            }
            texts.add(text.asString());
        }
        return texts;
    }

    /** Refuses a field whose value would change what is not done here. Numbers are the same however they are written. */
    void neutral(String name, String... allowed) {
        var value = get(name);
        var written = value != null && value.isNumber()
                ? value.decimalValue().stripTrailingZeros().toPlainString()
                : String.valueOf(value);
        if (value != null && !List.of(allowed).contains(written)) {
            throw wrong(name, value, allowed.length == 0 ? "to leave it out" : String.join(" or ", allowed));
        }
    }

    /** Says that a field is read but means nothing here. */
    void ignore(String... names) {
        known.addAll(List.of(names));
    }

    /** Refuses fields that nobody has asked for. */
    void finish() {
        for (var name : object.propertyNames()) {
            if (!known.contains(name)) {
                throw HttpError.wrong(
                        path(name),
                        shown(name) + " is no field that this server knows; allowed: " + String.join(", ", known));
            }
        }
    }

    HttpError wrong(String name, JsonNode value, String allowed) {
        return HttpError.wrong(path(name), path(name) + " is " + shown(value) + "; allowed: " + allowed);
    }

    private static String shown(JsonNode value) {
        return value.isContainer() ? (value.isArray() ? "a list" : "an object") : shown(value.toString());
    }

    private static String shown(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
