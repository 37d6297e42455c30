package io.arkvale.llama.text.jinja.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What values mean in Python. */
public final class Python {

    private Python() {}

    /** {@code bool(value)}. */
    public static boolean isTrue(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Undefined undefined -> false;
            case Boolean bool -> bool;
            case String text -> !text.isEmpty();
            case Long number -> number != 0;
            case Double number -> number != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** {@code str(value)}, for values whose text is the same everywhere. */
    public static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined undefined -> "";
            case Boolean bool -> bool ? "True" : "False";
            case String text -> text;
            case Long number -> number.toString();
            default -> throw new TemplateException("printing " + kind(value) + " is not supported");
        };
    }

    /** A value's kind, in words. */
    public static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined undefined -> undefined.what() + ", which is not defined,";
            case Boolean bool -> "a truth value";
            case String text -> "a string";
            case Long number -> "a number";
            case Double number -> "a fraction";
            case List<?> list -> "a list";
            case Map<?, ?> map -> "a mapping";
            case Lazy lazy -> "a sequence that is not a list";
            case Namespace namespace -> "a namespace";
            default -> "a function";
        };
    }

    /** {@code a == b}. */
    public static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b) == 0;
        }
        return switch (a) {
            case null -> b == null;
            case Undefined undefined -> b instanceof Undefined;
            case String text -> text.equals(b);
            case List<?> list -> b instanceof List<?> other && equalLists(list, other);
            case Map<?, ?> map -> b instanceof Map<?, ?> other && equalMaps(map, other);
            case Number number -> false; // two numbers are compared above
            case Boolean bool -> false;
            default -> throw new TemplateException("comparing " + kind(a) + " is not supported");
        };
    }

    private static boolean equalLists(List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalMaps(Map<?, ?> a, Map<?, ?> b) {
        return a.size() == b.size()
                && a.entrySet().stream()
                        .allMatch(entry ->
                                b.containsKey(entry.getKey()) && equal(entry.getValue(), b.get(entry.getKey())));
    }

    /** In Python truth values are numbers. */
    private static boolean isNumber(@Nullable Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    private static int compareNumbers(@Nullable Object a, @Nullable Object b) {
        var left = a instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : a;
        var right = b instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : b;
        if (left instanceof Long l && right instanceof Long r) {
            return Long.compare(l, r);
        }
        if (left instanceof Number l && right instanceof Number r) {
            return Double.compare(l.doubleValue() + 0.0, r.doubleValue() + 0.0);
        }
        throw new IllegalStateException("no numbers");
    }

    /** The order of numbers, or of strings by their code points. */
    public static int compare(@Nullable Object a, @Nullable Object b) {
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b);
        }
        if (a instanceof String left && b instanceof String right) {
            return Arrays.compare(
                    left.codePoints().toArray(), right.codePoints().toArray());
        }
        throw new TemplateException(kind(a) + " and " + kind(b) + " have no order");
    }

    /** {@code element in container}. */
    public static boolean contains(@Nullable Object container, @Nullable Object element) {
        return switch (container) {
            case String text when element instanceof String part -> text.contains(part);
            case List<?> list -> list.stream().anyMatch(each -> equal(each, element));
            case Map<?, ?> map -> element instanceof String && map.containsKey(element);
            case Undefined undefined -> false;
            case null, default ->
                throw new TemplateException(kind(element) + " cannot be looked for in " + kind(container));
        };
    }

    /** {@code len(value)}. */
    public static long length(@Nullable Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined undefined -> 0;
            case null, default -> throw new TemplateException(kind(value) + " has no length");
        };
    }

    /** {@code list(value)}: elements, keys, or characters. */
    public static List<@Nullable Object> list(@Nullable Object value) {
        return switch (value) {
            case String text ->
                new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
            case List<?> list -> new ArrayList<>(list);
            case Lazy lazy -> new ArrayList<>(lazy.elements());
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case Undefined undefined -> new ArrayList<>();
            case null, default -> throw new TemplateException(kind(value) + " has no elements");
        };
    }

    /** White space as Python's strings know it. */
    public static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0D)
                || (c >= 0x1C && c <= 0x20)
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** Whether there is white space and nothing else. */
    public static boolean isBlank(String text) {
        return !text.isEmpty() && text.chars().allMatch(Python::isSpace);
    }

    public static String stripLeft(String text) {
        int begin = 0;
        while (begin < text.length() && isSpace(text.charAt(begin))) {
            begin++;
        }
        return text.substring(begin);
    }

    public static String stripRight(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
