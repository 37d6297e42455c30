package io.arkvale.experiments.cli.simulate;

import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.simulate.Simulation;
import io.arkvale.experiments.simulate.Simulation.Gains;
import io.arkvale.experiments.simulate.Simulation.Row;
import io.arkvale.experiments.simulate.StepTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Columns and text of a simulation. */
public final class SimulationTable {
    private static final double GIB = 1L << 30;

    /** All columns, for programs. */
    static final List<Metric<Row>> COLUMNS = List.of(
            Metric.of("policy", row -> row.policy().label()),
            Metric.of("tokens", Row::tokens),
            Metric.of("budget", Row::budget),
            Metric.of("batch", Row::batch),
            millis("other_ms", StepTime::other),
            millis("estimate_ms", StepTime::estimate),
            millis("select_ms", StepTime::select),
            millis("recall_ms", StepTime::recall),
            millis("attention_ms", StepTime::attention),
            millis("step_ms", StepTime::total),
            Metric.of("speedup", row -> round(row.speedup())),
            Metric.of("weights_gib", row -> round(row.memory().weights() / GIB)),
            Metric.of("keys_values_gib", row -> round(row.memory().keysAndValues() / GIB)),
            Metric.of("summaries_gib", row -> round(row.memory().summaries() / GIB)),
            Metric.of("host_backups_gib", row -> round(row.memory().backups() / GIB)),
            Metric.of("largest_batch", row -> row.largest().batch()),
            Metric.of("largest_step_ms", row -> {
                var time = row.largest().time();
                return time == null ? null : round(time.total() * 1e3);
            }),
            Metric.of("tokens_per_second", row -> rounded(row.largest().tokensPerSecond())),
            Metric.of("throughput_gain", row -> rounded(row.largest().gain())));

    private SimulationTable() {}

    /** The tables for people: time, then memory and throughput, then the gains in words. */
    public static String text(Simulation simulation) {
        var time = new TextTable(List.of(
                "policy",
                "tokens",
                "budget",
                "batch",
                "other",
                "estimate",
                "select",
                "recall",
                "attention",
                "ms per step",
                "times faster"));
        var memory = new TextTable(List.of(
                "policy",
                "tokens",
                "budget",
                "GiB: weights",
                "keys, values",
                "summaries",
                "on the host",
                "largest batch",
                "ms per step",
                "tokens/s",
                "times as many"));
        for (var row : simulation.rows()) {
            var name = Arrays.asList(row.policy().label(), row.tokens(), row.budget());
            var cells = new ArrayList<@Nullable Object>(name);
            cells.add(row.batch());
            cells.addAll(times(row.time()));
            cells.add(number(row.speedup()));
            time.row(cells);
            memory.row(serving(name, row));
        }
        return "Time of a step, ms\n" + time + "\nMemory of this batch per GPU, and the largest batch\n" + memory + "\n"
                + sentence(simulation.gains());
    }

    private static String sentence(Gains gains) {
        if (!Double.isFinite(gains.mostSpeedup())) {
            return "";
        }
        return String.format(
                        Locale.ROOT,
                        "faster up to %.2f times, on average %.2f; ",
                        gains.mostSpeedup(),
                        gains.meanSpeedup())
                + (Double.isFinite(gains.mostThroughput())
                        ? String.format(
                                Locale.ROOT,
                                "throughput up to %.2f times, on average %.2f\n",
                                gains.mostThroughput(),
                                gains.meanThroughput())
                        : "no batch fits, so throughput cannot be compared\n");
    }

    private static List<String> times(StepTime time) {
        return List.of(
                millis(time.other()),
                millis(time.estimate()),
                millis(time.select()),
                millis(time.recall()),
                millis(time.attention()),
                millis(time.total()));
    }

    private static List<@Nullable Object> serving(List<? extends @Nullable Object> name, Row row) {
        var cells = new ArrayList<@Nullable Object>(name);
        var largest = row.largest();
        var time = largest.time();
        cells.add(number(row.memory().weights() / GIB));
        cells.add(number(row.memory().keysAndValues() / GIB));
        cells.add(number(row.memory().summaries() / GIB));
        cells.add(number(row.memory().backups() / GIB));
        cells.add(largest.batch());
        cells.add(time == null ? null : millis(time.total()));
        cells.add(
                largest.tokensPerSecond() == null
                        ? null
                        : String.format(Locale.ROOT, "%.0f", largest.tokensPerSecond()));
        cells.add(largest.gain() == null ? null : number(largest.gain()));
        return cells;
    }

    private static Metric<Row> millis(String name, ToDoubleFunction<StepTime> part) {
        return Metric.of(name, row -> round(part.applyAsDouble(row.time()) * 1e3));
    }

    private static String millis(double seconds) {
        return number(seconds * 1e3);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static @Nullable Double rounded(@Nullable Double value) {
        return value == null ? null : round(value);
    }

    private static double round(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
