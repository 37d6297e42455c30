package io.arkvale.llama.text.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stands behind {@code |}. */
public final class Filters {

    private static final Set<String> NAMES = Set.of(
            "trim",
            "length",
            "count",
            "first",
            "last",
            "join",
            "upper",
            "lower",
            "replace",
            "default",
            "d",
            "string",
            "list",
            "items",
            "reverse",
            "tojson",
            "selectattr",
            "rejectattr",
            "map");

    private Filters() {}

    public static boolean known(String name) {
        return NAMES.contains(name);
    }

    public static @Nullable Object apply(String name, @Nullable Object value, Given given) {
        return switch (name) {
            case "join" -> {
                given.require(0, 1, name);
                yield Python.list(value).stream()
                        .map(Python::text)
                        .collect(Collectors.joining(given.count() == 0 ? "" : given.text(0, name)));
            }
            case "replace" -> {
                given.require(2, 2, name);
                yield Python.text(value).replace(given.text(0, name), given.text(1, name));
            }
            case "default", "d" -> {
                given.require(0, 2, name);
                boolean alsoFalse = given.count() == 2 && Python.isTrue(given.at(1));
                boolean missing = value instanceof Undefined || (alsoFalse && !Python.isTrue(value));
                yield !missing ? value : given.count() == 0 ? "" : given.at(0);
            }
            case "trim" -> {
                given.require(0, 1, name);
                var text = Python.text(value);
                yield given.count() == 0
                        ? Python.stripLeft(Python.stripRight(text))
                        : Methods.strip(text, given.text(0, name), true, true);
            }
            case "selectattr" -> withAttribute(value, given, name, true);
            case "rejectattr" -> withAttribute(value, given, name, false);
            case "map" -> attributes(value, given);
            default -> {
                given.require(0, 0, name);
                yield plain(name, value);
            }
        };
    }

    private static @Nullable Object plain(String name, @Nullable Object value) {
        return switch (name) {
            case "length", "count" -> Python.length(value);
            case "upper" -> Python.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Python.text(value).toLowerCase(Locale.ROOT);
            case "string" -> Python.text(value);
            case "list" -> Python.list(value);
            case "tojson" -> Json.text(value);
            case "items" -> {
                if (value instanceof Undefined) {
                    yield new Lazy(List.of());
                }
                if (!(value instanceof Map<?, ?> map)) {
                    throw new TemplateException("'items' of " + Python.kind(value) + " is not supported");
                }
                yield new Lazy(new ArrayList<>(Methods.items(map)));
            }
            case "reverse" ->
                value instanceof String text
                        ? new StringBuilder(text).reverse().toString()
                        : new Lazy(Python.list(value).reversed());
            default -> {
                if (name.equals("last") && value instanceof Lazy) {
                    throw new TemplateException("'last' of " + Python.kind(value) + " is not supported");
                }
                var elements = Python.list(value);
                if (elements.isEmpty()) {
                    yield new Undefined("the " + name + " element of an empty list");
                }
                yield name.equals("first") ? elements.getFirst() : elements.getLast();
            }
        };
    }

    /** Elements of whose attribute a test holds or does not hold; without a test, whose attribute is true. */
    private static Object withAttribute(@Nullable Object value, Given given, String name, boolean wanted) {
        given.require(1, 3, name);
        var attribute = given.text(0, name);
        var taken = new ArrayList<@Nullable Object>();
        for (var element : Python.list(value)) {
            var found = attribute(element, attribute);
            boolean holds;
            if (given.count() == 1) {
                holds = Python.isTrue(found);
            } else {
                var test = given.text(1, name).equals("==") ? "eq" : given.text(1, name);
                if (!Tests.known(test)) {
                    throw new TemplateException("the test '" + test + "' is not supported");
                }
                holds = Tests.holds(test, found, new Given(given.positional().subList(2, given.count()), Map.of()));
            }
            if (holds == wanted) {
                taken.add(element);
            }
        }
        return new Lazy(taken);
    }

    private static Object attributes(@Nullable Object value, Given given) {
        if (given.count() > 0
                || !(given.named().get("attribute") instanceof String attribute)
                || given.named().size() > 1) {
            throw new TemplateException("'map' with these arguments is not supported");
        }
        var taken = new ArrayList<@Nullable Object>();
        Python.list(value).forEach(element -> taken.add(attribute(element, attribute)));
        return new Lazy(taken);
    }

    private static @Nullable Object attribute(@Nullable Object element, String attribute) {
        if (attribute.contains(".") || !(element instanceof Map<?, ?> map)) {
            throw new TemplateException(
                    "the attribute '" + attribute + "' of " + Python.kind(element) + " is not supported");
        }
        return map.containsKey(attribute) ? map.get(attribute) : new Undefined("'" + attribute + "'");
    }
}
