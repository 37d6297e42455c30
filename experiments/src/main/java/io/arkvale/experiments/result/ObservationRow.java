package io.arkvale.experiments.result;

import io.arkvale.experiments.input.StrictJson;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Origin;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An observation as a row of a table, which says all of it: numbers as they were measured, what was expected as JSON.
 *
 * @param line of the notebook that it stands in
 * @param observation itself
 */
public record ObservationRow(long line, Observation observation) {
    /** The columns. */
    public static List<Metric<ObservationRow>> columns() {
        return List.of(
                Metric.of("line", Long.class, ObservationRow::line),
                of("cell", String.class, Observation::cell),
                of("episode", String.class, Observation::episode),
                of("question", Integer.class, Observation::question),
                of("task", String.class, Observation::task),
                of("policy", String.class, Observation::policy),
                of("budget", Integer.class, Observation::budget),
                of("length", Integer.class, Observation::length),
                of("protocol", String.class, Observation::protocol),
                of("sample", Integer.class, Observation::sample),
                of("asked", String.class, Observation::asked),
                of("said", String.class, Observation::said),
                of("expected", String.class, one -> StrictJson.MAPPER.writeValueAsString(one.expected())),
                of("score", Double.class, Observation::score),
                of("weight", Double.class, Observation::weight),
                of("prompt_tokens", Integer.class, Observation::promptTokens),
                of("opens_session", Integer.class, one -> one.opensSession() ? 1 : 0),
                of("resident_pages", Double.class, one -> one.usage().residentPages()),
                of("attended_pages", Double.class, one -> one.usage().attendedPages()),
                of("held_tokens", Double.class, one -> one.usage().heldTokens()),
                of("resident_bytes", Double.class, one -> one.usage().residentBytes()),
                of("peak_bytes", Double.class, one -> one.usage().peakBytes()),
                of("summary_bytes", Double.class, one -> one.usage().summaryBytes()),
                of("recalled_bytes", Double.class, one -> one.usage().recalledBytes()),
                of("recalled_pages_per_step", Double.class, one -> one.usage().recalledPagesPerStep()),
                of("in_time", Double.class, one -> one.usage().inTime()),
                of("scoring_bytes_per_step", Double.class, one -> one.usage().scoringBytesPerStep()),
                of("attention_bytes_per_step", Double.class, one -> one.usage().attentionBytesPerStep()),
                of("output_error", Double.class, one -> one.fidelity().outputError()),
                of("recovered_mass", Double.class, one -> one.fidelity().recoveredMass()),
                of("top_pages_found", Double.class, one -> one.fidelity().topPages()),
                of("seed", Long.class, one -> one.origin().seed()),
                of("model", String.class, one -> one.origin().model()),
                of("backend", String.class, one -> one.origin().backend()),
                of("device", String.class, one -> one.origin().device()),
                of("version", String.class, one -> one.origin().version()),
                of("commit", String.class, one -> one.origin().commit()),
                of("jdk", String.class, one -> one.origin().jdk()));
    }

    private static <V> Metric<ObservationRow> of(
            String name, Class<V> type, Function<Observation, ? extends @Nullable V> value) {
        return Metric.of(name, type, row -> value.apply(row.observation()));
    }

    /**
     * Reads what {@link #columns} wrote.
     *
     * @param values those of a row by column: Long, Double, String or null
     */
    public static ObservationRow of(Function<String, @Nullable Object> values) {
        var row = new Values(values);
        return new ObservationRow(
                row.number("line"),
                new Observation(
                        row.text("cell"),
                        row.text("episode"),
                        row.whole("question"),
                        row.text("task"),
                        row.text("policy"),
                        row.whole("budget"),
                        row.whole("length"),
                        row.text("protocol"),
                        row.whole("sample"),
                        row.text("asked"),
                        row.text("said"),
                        List.of(StrictJson.MAPPER.readValue(row.text("expected"), String[].class)),
                        row.real("score"),
                        row.real("weight"),
                        row.whole("prompt_tokens"),
                        row.whole("opens_session") == 1,
                        new Usage(
                                row.real("resident_pages"),
                                row.real("attended_pages"),
                                row.real("held_tokens"),
                                row.real("resident_bytes"),
                                (Double) values.apply("peak_bytes"),
                                row.real("summary_bytes"),
                                row.real("recalled_bytes"),
                                row.real("recalled_pages_per_step"),
                                (Double) values.apply("in_time"),
                                row.real("scoring_bytes_per_step"),
                                row.real("attention_bytes_per_step")),
                        new Fidelity(row.real("output_error"), row.real("recovered_mass"), row.real("top_pages_found")),
                        new Origin(
                                row.number("seed"),
                                row.text("model"),
                                (String) values.apply("backend"),
                                (String) values.apply("device"),
                                row.text("version"),
                                (String) values.apply("commit"),
                                row.text("jdk"))));
    }

    /** Values that are there. */
    private record Values(Function<String, @Nullable Object> of) {
        Object value(String column) {
            return Objects.requireNonNull(of.apply(column), () -> "an observation has no value in column " + column);
        }

        String text(String column) {
            return (String) value(column);
        }

        double real(String column) {
            return (Double) value(column);
        }

        long number(String column) {
            return (Long) value(column);
        }

        int whole(String column) {
            return Math.toIntExact(number(column));
        }
    }
}
