package io.arkvale.experiments.figure;

import static io.arkvale.experiments.simulate.Figure9.PAPER;
import static io.arkvale.experiments.simulate.Figure9.PAPER_LATENCIES;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.report.Rows;
import io.arkvale.experiments.report.Rows.Row;
import io.arkvale.experiments.simulate.Calibration;
import io.arkvale.experiments.simulate.Calibration.Errors;
import io.arkvale.experiments.simulate.Figure9;
import io.arkvale.experiments.simulate.MeasuredStep;
import io.arkvale.experiments.simulate.description.Descriptions;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Steps of whole models that were timed, as {@code bench model} writes them, beside the paper's and the cost model's. */
final class MeasuredSteps {
    private static final String FULL = "full";
    private static final String RECALLING = "arkvale, recalling";
    private static final String WITHOUT_ATTENTION = "without attention";
    private static final double TOLERANCE = 0.15;

    private final List<Chart> charts = new ArrayList<>();
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private MeasuredSteps() {}

    /** What the rows show; nothing if there are none. */
    static Drawn draw(Rows rows) {
        var drawn = new MeasuredSteps();
        for (var shape : rows.distinct("shape")) {
            for (var batch : rows.where("shape", shape).distinct("batch")) {
                drawn.speedups(shape, batch, rows.where("shape", shape).where("batch", batch));
            }
        }
        if (!rows.isEmpty()) {
            drawn.calibrate(rows);
        }
        return new Drawn(drawn.charts, drawn.comparisons, drawn.notes);
    }

    /** Times faster than full attention, by length and budget. */
    private void speedups(String shape, String batch, Rows rows) {
        var full = rows.where("kind", FULL);
        var limited = rows.where("kind", RECALLING)
                .where(row -> !full.where("context", row.text("context")).isEmpty());
        if (limited.isEmpty()) {
            return; // nothing to compare
        }
        var lengths = limited.distinct("context");
        var all = new DoubleSummaryStatistics();
        var series = new ArrayList<Series>();
        for (var budget : limited.distinct("budget")) {
            var points = new ArrayList<Point>();
            var paper = new ArrayList<PaperPoint>();
            for (var row : limited.where("budget", budget)) {
                int place = lengths.indexOf(row.text("context"));
                double speedup = full.where("context", row.text("context")).mean("median_ms") / row.number("median_ms");
                all.accept(speedup);
                points.add(Point.of(place, speedup));
                paperSpeedup(row).ifPresent(theirs -> paper.add(PaperPoint.of(place, theirs)));
            }
            series.add(new Series("budget " + budget, Palette.step(series.size()), points, paper));
        }
        var labels = new Labels(
                "fig9-measured-" + shape + "-" + batch,
                String.format(Locale.ROOT, "Measured: %s, batch %s", shape, batch),
                String.format(
                        Locale.ROOT,
                        "On this device a step with a budget is up to %.1f times faster than with full attention.",
                        all.getMax()),
                "length, tokens",
                "times faster per step");
        var names = lengths.stream()
                .map(length -> String.format(Locale.ROOT, "%,d", Integer.parseInt(length)))
                .toList();
        charts.add(new LineChart(labels, names, Double.NaN, series, List.of()));
        var of = String.format(Locale.ROOT, "measured, %s, batch %s", shape, batch);
        comparisons.add(gain("times faster per step, at most (" + of + ")", PAPER.mostSpeedup(), all.getMax()));
        comparisons.add(gain("times faster per step, mean (" + of + ")", PAPER.meanSpeedup(), all.getAverage()));
    }

    private static Optional<Double> paperSpeedup(Row row) {
        var bars = PAPER_LATENCIES.get((long) row.whole("context"));
        int place = Figure9.BUDGETS.indexOf(row.whole("budget"));
        return bars == null || place < 0 ? Optional.empty() : Optional.of(bars.getLast() / bars.get(place));
    }

    private static Comparison gain(String quantity, double paper, double here) {
        return new Comparison(
                quantity,
                String.format(Locale.ROOT, "%.1f", paper),
                String.format(Locale.ROOT, "%.2f", here),
                here >= paper * (1 - TOLERANCE),
                "at least 85 % of the paper's");
    }

    /** How far the cost model is from what was measured. */
    private void calibrate(Rows rows) {
        var devices = rows.distinct("device");
        notes.add("Measured on " + String.join(", ", devices)
                + " with ./arkvale bench model: random weights and contexts, about one page recalled per sequence and limited"
                + " layer in each step, which is more than the paper's ten of all layers.");
        var described = Descriptions.GPUS.stream()
                .filter(gpu -> devices.stream().allMatch(device -> device.contains(gpu)))
                .findFirst();
        if (described.isEmpty()) {
            notes.add("The cost model has no description of this device, so its error is not known.");
            return;
        }
        var gpu = Descriptions.gpu(described.get());
        var steps = rows.stream().flatMap(MeasuredSteps::step).toList();
        var calibration = Calibration.of(gpu, steps);
        comparisons.add(new Comparison(
                "the cost model's steps beside measured ones",
                steps.size() + " steps",
                words(calibration.described()) + "; calibrated " + words(calibration.fitted()),
                calibration.fitted().mean() <= TOLERANCE,
                "calibrated on average within 15 %"));
        notes.add(String.format(
                Locale.ROOT,
                "Calibrated with these steps, the cost model's %s reaches %.0f %% of its memory's bandwidth and an operation"
                        + " costs %.1f µs besides; as described %.0f %% and %.1f µs.",
                gpu.name(),
                100 * calibration.memoryFraction(),
                calibration.launchCost(),
                100 * gpu.memoryFraction(),
                gpu.graphLaunchCost()));
    }

    private static String words(Errors errors) {
        return String.format(
                Locale.ROOT, "%.0f %% off on average, %.0f %% at most", 100 * errors.mean(), 100 * errors.most());
    }

    /** The step of a row, if the cost model knows such steps. */
    private static Stream<MeasuredStep> step(Row row) {
        boolean known = Descriptions.MODELS.stream().anyMatch(row.text("shape")::equalsIgnoreCase);
        if (!known || row.text("kind").equals(WITHOUT_ATTENTION)) {
            return Stream.empty();
        }
        return Stream.of(new MeasuredStep(
                Objects.requireNonNull(Descriptions.model(row.text("shape"))),
                row.whole("batch"),
                row.whole("context"),
                row.whole("budget"),
                row.whole("dense_layers"),
                row.whole("page_size"),
                row.number("recalls_per_layer"),
                row.number("median_ms") / 1e3));
    }
}
