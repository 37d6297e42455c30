package io.arkvale.experiments.figure;

import static io.arkvale.experiments.simulate.Figure9.BUDGETS;
import static io.arkvale.experiments.simulate.Figure9.PAPER;
import static io.arkvale.experiments.simulate.Figure9.PAPER_LATENCIES;
import static io.arkvale.experiments.simulate.Figure9.PAPER_THROUGHPUTS;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.chart.StackChart;
import io.arkvale.experiments.chart.StackChart.Bar;
import io.arkvale.experiments.chart.StackChart.Part;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Latency of a step by part, throughput, and the latency of every policy, from the cost model. */
final class Figure9 {
    static final Figure FIGURE = new Figure(
            "fig9",
            "latency of a step by part, and throughput (cost model)",
            "LongChat-7B on an A100 80 GB: steps of four sequences are up to 2.2 times, on average 1.7 times faster than"
                    + " with full attention; with 40 GB for keys and values, throughput is up to 4.6 times, on average 3.5"
                    + " times higher. The authors' replies add the latency of other policies.",
            Figure9::draw);

    /** The experiment that measured steps belong to. */
    static final String MEASURED = FIGURE.name() + "-measured";

    private static final String FULL = "full";
    private static final List<String> PARTS = List.of("other", "attention", "estimate", "select", "recall");
    private static final List<Part> PART_INKS =
            PARTS.stream().map(part -> new Part(part, Palette.part(part))).toList();
    private static final double TOLERANCE = 0.15;

    private Figure9() {}

    private static Drawn draw(Rows results) {
        var rows = results.where("experiment", FIGURE.name());
        var policies = results.where("experiment", FIGURE.name() + "-policies");
        var charts = new ArrayList<Chart>();
        for (var tokens : rows.distinct("tokens")) {
            charts.add(latency(tokens, rows.where("tokens", tokens)));
        }
        charts.add(throughput(rows));
        charts.add(ofPolicies(policies));
        var limited = rows.where(row -> row.has("budget"));
        var measured = MeasuredSteps.draw(results.where("experiment", MEASURED));
        charts.addAll(measured.charts());
        var comparisons = new ArrayList<>(List.of(
                gain(
                        "times faster per step, at most",
                        2.2,
                        limited.numbers("speedup").max().orElseThrow()),
                gain("times faster per step, mean", PAPER.meanSpeedup(), limited.mean("speedup")),
                gain(
                        "times the throughput, at most",
                        PAPER.mostThroughput(),
                        limited.numbers("throughput_gain").max().orElseThrow()),
                gain("times the throughput, mean", PAPER.meanThroughput(), limited.mean("throughput_gain")),
                bars(rows)));
        comparisons.addAll(measured.comparisons());
        var notes = new ArrayList<>(List.of(
                "But for what is called measured, nothing here is: the cost model turns bytes read, operations and recalls into time on a described"
                        + " GPU. ./arkvale simulate prints the same with memory by part; COST-MODEL.md has its formulas, the"
                        + " source of every constant, and what changes if one is fitted (none is).",
                String.format(
                        Locale.ROOT,
                        "Parts of a step: %s. The largest batch within the memory is %s sequences with full attention.",
                        String.join(", ", PARTS),
                        String.join(
                                ", ",
                                rows.where("policy", FULL).stream()
                                        .map(row -> row.text("largest_batch") + " (" + row.text("tokens") + " tokens)")
                                        .toList()))));
        notes.addAll(measured.notes());
        return new Drawn(charts, comparisons, notes);
    }

    private static Comparison gain(String quantity, double paper, double here) {
        return new Comparison(
                quantity,
                String.format(Locale.ROOT, "%.1f", paper),
                String.format(Locale.ROOT, "%.2f", here),
                Math.abs(here / paper - 1) <= TOLERANCE,
                "within 15 %");
    }

    /** How far the latencies are from the bars of the paper's figure. */
    private static Comparison bars(Rows rows) {
        var deviations = rows.stream()
                .mapToDouble(row -> {
                    var bar = paperMillis(row);
                    return bar == null ? Double.NaN : Math.abs(row.number("step_ms") / bar - 1);
                })
                .filter(deviation -> !Double.isNaN(deviation))
                .toArray();
        var mean = Arrays.stream(deviations).average().orElse(Double.NaN);
        var most = Arrays.stream(deviations).max().orElse(Double.NaN);
        return new Comparison(
                "latency of a step, bar by bar",
                deviations.length + " bars",
                String.format(Locale.ROOT, "%.0f %% off on average, %.0f %% at most", 100 * mean, 100 * most),
                mean <= TOLERANCE,
                "on average within 15 %");
    }

    private static Chart latency(String tokens, Rows rows) {
        var ordered = limitedFirst(rows);
        var bars = new ArrayList<Bar>();
        for (var row : ordered) {
            bars.add(new Bar(row.has("budget") ? "budget " + row.text("budget") : FULL, parts(row), paperMillis(row)));
        }
        var fastest = ordered.stream()
                .filter(row -> row.has("budget"))
                .max(Comparator.comparingDouble(row -> row.number("speedup")))
                .orElseThrow();
        var labels = new Labels(
                "fig9-latency-" + tokens,
                String.format(Locale.ROOT, "Step of 4 sequences of %,d tokens", Integer.parseInt(tokens)),
                String.format(
                        Locale.ROOT,
                        "With a budget of %s tokens the modelled step is %.1f times faster than with full attention.",
                        fastest.text("budget"),
                        fastest.number("speedup")),
                "latency, ms",
                "");
        return new StackChart(labels, PART_INKS, bars);
    }

    /** The paper's bar in ms, or null. */
    private static @Nullable Double paperMillis(Rows.Row row) {
        return bar(PAPER_LATENCIES, row);
    }

    private static @Nullable Double bar(Map<Long, List<Double>> panels, Rows.Row row) {
        var bars = panels.get((long) row.whole("tokens"));
        var place = row.has("budget") ? BUDGETS.indexOf(row.whole("budget")) : BUDGETS.size();
        return bars == null || place < 0 ? null : bars.get(place);
    }

    private static Chart ofPolicies(Rows rows) {
        var first = rows.all().getFirst();
        var bars = rows.stream()
                .map(row -> new Bar(row.text("policy"), parts(row), null))
                .toList();
        var order = rows.stream()
                .sorted(Comparator.comparingDouble(row -> row.number("step_ms")))
                .toList();
        var labels = new Labels(
                "fig9-policies",
                String.format(
                        Locale.ROOT,
                        "Step of %s × %,d tokens by policy, budget %s",
                        first.text("batch"),
                        first.whole("tokens"),
                        rows.distinct("budget").getFirst()),
                String.format(
                        Locale.ROOT,
                        "The cost model gives %s the fastest step (%.1f ms) and %s the slowest (%.1f ms).",
                        order.getFirst().text("policy"),
                        order.getFirst().number("step_ms"),
                        order.getLast().text("policy"),
                        order.getLast().number("step_ms")),
                "latency, ms",
                "");
        return new StackChart(labels, PART_INKS, bars);
    }

    private static List<Double> parts(Rows.Row row) {
        return PARTS.stream().map(part -> row.number(part + "_ms")).toList();
    }

    private static Chart throughput(Rows rows) {
        var lengths = rows.distinct("tokens");
        var series = new ArrayList<Series>();
        for (var budget : rows.distinct("budget")) {
            var points = new ArrayList<Point>();
            var paper = new ArrayList<PaperPoint>();
            for (var row : rows.where("budget", budget)) {
                var place = lengths.indexOf(row.text("tokens"));
                points.add(Point.of(place, row.number("throughput_gain")));
                var panel = PAPER_THROUGHPUTS.get((long) row.whole("tokens"));
                var theirs = bar(PAPER_THROUGHPUTS, row);
                if (panel != null && theirs != null) {
                    paper.add(PaperPoint.of(place, theirs / panel.getLast()));
                }
            }
            series.add(new Series("budget " + budget, Palette.step(series.size()), points, paper));
        }
        var most = rows.where(row -> row.has("budget"))
                .numbers("throughput_gain")
                .max()
                .orElseThrow();
        var labels = new Labels(
                "fig9-throughput",
                "Throughput with 40 GB for keys and values",
                String.format(
                        Locale.ROOT,
                        "In the cost model, budgets give up to %.1f times the throughput of full attention.",
                        most),
                "length, tokens",
                "times that of full attention");
        var names = lengths.stream()
                .map(length -> String.format(Locale.ROOT, "%,d", Integer.parseInt(length)))
                .toList();
        return new LineChart(labels, names, Double.NaN, series, List.of());
    }

    /** Budgets in order, then full attention, as in the paper. */
    private static List<Rows.Row> limitedFirst(Rows rows) {
        return Stream.concat(
                        rows.where(row -> row.has("budget")).stream(), rows.where(row -> !row.has("budget")).stream())
                .toList();
    }
}
