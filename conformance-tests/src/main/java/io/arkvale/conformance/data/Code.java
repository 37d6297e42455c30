package io.arkvale.conformance.data;

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a generated case as a Java expression that makes it again. */
public final class Code {
    private Code() {}

    /** The expression; types by their simple names. */
    public static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Record made -> ofRecord(made);
            case Enum<?> one -> name(one.getDeclaringClass()) + "." + one.name();
            case List<?> list -> "List.of(" + list.stream().map(Code::of).collect(Collectors.joining(", ")) + ")";
            case Map<?, ?> map -> {
                var sorted = new TreeMap<String, String>();
                map.forEach((key, one) -> sorted.put(of(key), of(one)));
                yield sorted.entrySet().stream()
                        .map(entry -> entry.getKey() + ", " + entry.getValue())
                        .collect(Collectors.joining(", ", "Map.of(", ")"));
            }
            case Long number -> number + "L";
            case Float number when Float.isNaN(number) -> "Float.NaN";
            case Float number
            when Float.isInfinite(number) -> number > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
            case Float number -> number + "f";
            case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            case Integer number when number == Integer.MAX_VALUE -> "Integer.MAX_VALUE";
            default -> String.valueOf(value).toLowerCase(Locale.ROOT);
        };
    }

    private static String ofRecord(Record made) {
        var arguments = Arrays.stream(made.getClass().getRecordComponents())
                .map(component -> {
                    try {
                        component.getAccessor().setAccessible(true);
                        return of(component.getAccessor().invoke(made));
                    } catch (IllegalAccessException | InvocationTargetException e) {
                        throw new IllegalStateException("cannot read " + component, e);
                    }
                })
                .collect(Collectors.joining(", "));
        return "new " + name(made.getClass()) + "(" + arguments + ")";
    }

    private static String name(Class<?> type) {
        var outer = type.getDeclaringClass();
        return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
    }
}
