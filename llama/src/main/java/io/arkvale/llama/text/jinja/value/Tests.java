package io.arkvale.llama.text.jinja.value;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands behind {@code is}. */
public final class Tests {

    private static final Set<String> NAMES = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "number",
            "integer",
            "boolean",
            "true",
            "false",
            "mapping",
            "iterable",
            "sequence",
            "in",
            "eq",
            "equalto",
            "ne",
            "odd",
            "even");

    private Tests() {}

    public static boolean known(String name) {
        return NAMES.contains(name);
    }

    public static boolean holds(String name, @Nullable Object value, Given given) {
        boolean two = Set.of("in", "eq", "equalto", "ne").contains(name);
        given.require(two ? 1 : 0, two ? 1 : 0, name);
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            // In Python a truth value is a number, but here an integer is not a truth value.
            case "number" -> value instanceof Long || value instanceof Double || value instanceof Boolean;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map;
            case "iterable" ->
                value instanceof String || value instanceof List || value instanceof Map || value instanceof Undefined;
            case "sequence" -> {
                if (value instanceof Undefined undefined) {
                    throw new TemplateException(undefined.what() + " is not defined");
                }
                yield value instanceof String || value instanceof List || value instanceof Map;
            }
            case "in" -> Python.contains(given.at(0), value);
            case "ne" -> !Python.equal(value, given.at(0));
            case "odd", "even" -> {
                if (!(value instanceof Long number)) {
                    throw new TemplateException("'" + name + "' of " + Python.kind(value) + " is not supported");
                }
                yield (Math.floorMod(number, 2) == 1) == name.equals("odd");
            }
            default -> Python.equal(value, given.at(0));
        };
    }
}
