package io.arkvale.experiments.figure;

import static io.arkvale.experiments.simulate.Figure9.BUDGETS;
import static io.arkvale.experiments.simulate.Figure9.PAPER;
import static io.arkvale.experiments.simulate.Figure9.PAPER_LATENCIES;

import io.arkvale.experiments.figure.Charts.Labels;
import io.arkvale.experiments.figure.Charts.Series;
import io.arkvale.experiments.figure.Drawn.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Latency of a step by part, throughput, and the latency of every policy, from the cost model. */
final class Figure9 implements Figure {
    private static final String FULL = "full";
    private static final List<String> PARTS = List.of("other", "attention", "estimate", "select", "recall");
    private static final double TOLERANCE = 0.15;

    @Override
    public String name() {
        return "fig9";
    }

    @Override
    public String title() {
        return "latency of a step by part, and throughput (cost model)";
    }

    @Override
    public String paper() {
        return "LongChat-7B on an A100 80 GB: steps of four sequences are up to 2.2 times, on average 1.7 times faster than"
                + " with full attention; with 40 GB for keys and values, throughput is up to 4.6 times, on average 3.5"
                + " times higher. The authors' replies add the latency of other policies.";
    }

    @Override
    public Drawn draw(Rows results) {
        var rows = results.where("experiment", name());
        var policies = results.where("experiment", name() + "-policies");
        var pictures = new ArrayList<Picture>();
        for (var tokens : rows.distinct("tokens")) {
            pictures.add(latency(tokens, rows.where("tokens", tokens)));
        }
        pictures.add(throughput(rows));
        pictures.add(ofPolicies(policies));
        var limited = rows.where(row -> row.has("budget"));
        var comparisons = List.of(
                gain(
                        "times faster a step, at most",
                        2.2,
                        limited.numbers("speedup").max().orElseThrow()),
                gain("times faster a step, mean", PAPER.meanSpeedup(), limited.mean("speedup")),
                gain(
                        "times the throughput, at most",
                        PAPER.mostThroughput(),
                        limited.numbers("throughput_gain").max().orElseThrow()),
                gain("times the throughput, mean", PAPER.meanThroughput(), limited.mean("throughput_gain")),
                bars(rows));
        var notes = List.of(
                "Nothing here is measured: the cost model turns bytes read, operations and recalls into time on a described"
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
                                        .toList())));
        return new Drawn(pictures, comparisons, notes);
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
                    var bars = PAPER_LATENCIES.get((long) row.whole("tokens"));
                    var place = row.has("budget") ? BUDGETS.indexOf(row.whole("budget")) : BUDGETS.size();
                    return bars == null || place < 0
                            ? Double.NaN
                            : Math.abs(row.number("step_ms") / bars.get(place) - 1);
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

    private static Picture latency(String tokens, Rows rows) {
        var ordered = limitedFirst(rows);
        var categories = ordered.stream()
                .map(row -> row.has("budget") ? row.text("budget") : FULL)
                .toList();
        var labels = new Labels(
                "fig9-latency-" + tokens,
                String.format(Locale.ROOT, "Step of 4 sequences of %,d tokens", Integer.parseInt(tokens)),
                "budget, tokens",
                "latency, ms");
        return Charts.stacks(labels, categories, parts(ordered));
    }

    private static Picture ofPolicies(Rows rows) {
        var labels = new Labels(
                "fig9-policies",
                String.format(
                        Locale.ROOT,
                        "Step of %s sequences of %,d tokens, budget %s",
                        rows.all().getFirst().text("batch"),
                        rows.all().getFirst().whole("tokens"),
                        rows.distinct("budget").getFirst()),
                "policy",
                "latency, ms");
        return Charts.stacks(labels, rows.distinct("policy"), parts(rows.all()));
    }

    private static List<Series> parts(List<Rows.Row> rows) {
        return PARTS.stream()
                .map(part -> new Series(
                        part, rows.stream().map(row -> row.number(part + "_ms")).toList()))
                .toList();
    }

    private static Picture throughput(Rows rows) {
        var lengths = rows.distinct("tokens");
        var series = limitedFirst(rows.where("tokens", lengths.getFirst())).stream()
                .map(setting -> setting.has("budget") ? setting.text("budget") : FULL)
                .map(setting -> new Series(
                        setting,
                        lengths.stream()
                                .map(tokens -> of(rows.where("tokens", tokens), setting)
                                        .number("tokens_per_second"))
                                .toList()))
                .toList();
        var labels = new Labels(
                "fig9-throughput", "Throughput with 40 GB for keys and values", "length, tokens", "tokens a second");
        return Charts.bars(labels, lengths, series);
    }

    private static Rows.Row of(Rows rows, String setting) {
        return rows.where(row -> (row.has("budget") ? row.text("budget") : FULL).equals(setting))
                .only();
    }

    /** Budgets in order, then full attention, as in the paper. */
    private static List<Rows.Row> limitedFirst(Rows rows) {
        return Stream.concat(
                        rows.where(row -> row.has("budget")).stream(), rows.where(row -> !row.has("budget")).stream())
                .toList();
    }
}
