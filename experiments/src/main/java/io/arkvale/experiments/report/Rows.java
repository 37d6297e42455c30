package io.arkvale.experiments.report;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of results, of which figures pick some by the values of their columns. */
public record Rows(List<Row> all) implements Iterable<Rows.Row> {
    /** One row: values by column. */
    public record Row(Map<String, @Nullable Object> cells) {
        private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(E-?\\d+)?");

        /** Whether the row has a value in a column. */
        public boolean has(String column) {
            return cells.get(column) != null;
        }

        /** A value as text. */
        public String text(String column) {
            return value(column).toString();
        }

        /** A value as a number. */
        public double number(String column) {
            var value = value(column);
            if (value instanceof Number number) {
                return number.doubleValue();
            }
            if (value instanceof String text && NUMBER.matcher(text).matches()) { // from CSV
                return Double.parseDouble(text);
            }
            throw new IllegalArgumentException("column '" + column + "' of a result is no number: " + text(column));
        }

        /** A value as a whole number. */
        public int whole(String column) {
            return Math.toIntExact(Math.round(number(column)));
        }

        private Object value(String column) {
            var value = cells.get(column);
            if (value == null) {
                throw new IllegalArgumentException("a result lacks column '" + column + "': it has " + cells.keySet());
            }
            return value;
        }
    }

    /** The rows of a report. */
    public static Rows of(Report report) {
        return new Rows(report.asMaps().stream().map(Row::new).toList());
    }

    /** The rows for which a condition holds. */
    public Rows where(Predicate<Row> condition) {
        return new Rows(all.stream().filter(condition).toList());
    }

    /** The rows that have this value, as text, in a column. */
    public Rows where(String column, Object value) {
        return where(row -> row.has(column) && row.text(column).equals(value.toString()));
    }

    /** The different values of a column as text, in order of appearance. */
    public List<String> distinct(String column) {
        return stream()
                .filter(row -> row.has(column))
                .map(row -> row.text(column))
                .distinct()
                .toList();
    }

    /** The values of a column. */
    public DoubleStream numbers(String column) {
        return stream().mapToDouble(row -> row.number(column));
    }

    /** The mean of a column; not a number if there are no rows. */
    public double mean(String column) {
        return numbers(column).average().orElse(Double.NaN);
    }

    /** The one row there is. */
    public Row only() {
        if (all.size() != 1) {
            throw new IllegalArgumentException("one row was expected, not " + all.size());
        }
        return all.getFirst();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** The rows in their order. */
    public Stream<Row> stream() {
        return all.stream();
    }

    @Override
    public Iterator<Row> iterator() {
        return all.iterator();
    }
}
