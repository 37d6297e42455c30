package io.arkvale.experiments.report;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a report, declared once and used by every format.
 *
 * @param name key in JSON and column in CSV and Parquet, in snake case
 * @param type of its values, which Parquet writes down; {@code Object} where they differ
 * @param value reads it off a row: a string, number, boolean or list of strings; null where it has no meaning
 * @param <R> type of a row
 */
public record Metric<R>(String name, Class<?> type, Function<R, @Nullable Object> value) {
    /** A column of the given name. */
    public static <R> Metric<R> of(String name, Function<R, @Nullable Object> value) {
        return new Metric<>(name, Object.class, value);
    }

    /** A column of the given name whose values have one type. */
    public static <R, V> Metric<R> of(String name, Class<V> type, Function<R, ? extends @Nullable V> value) {
        return new Metric<>(name, type, value::apply);
    }
}
