package io.arkvale.experiments.report;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a report, declared once and used by every format.
 *
 * @param name key in JSON and column in CSV, in snake case
 * @param value reads it off a row: a string, number, boolean or list of strings; null where it has no meaning
 * @param <R> type of a row
 */
public record Metric<R>(String name, Function<R, @Nullable Object> value) {
    /** A column of the given name. */
    public static <R> Metric<R> of(String name, Function<R, @Nullable Object> value) {
        return new Metric<>(name, value);
    }
}
