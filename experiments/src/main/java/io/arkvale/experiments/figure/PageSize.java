package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What the page size does to score and latency. */
final class PageSize {
    static final Figure FIGURE = new Figure(
            "page-size",
            "page size and budget, by score and latency",
            "The paper takes pages of 32 tokens; in the authors' replies, pages of 16 do as well.",
            PageSize::draw);

    private PageSize() {}

    private static Drawn draw(Rows results) {
        var scored = results.where("experiment", "page-size-score");
        var simulated =
                results.where(row -> row.text("experiment").startsWith("page-size-latency") && row.has("budget"));
        var charts = List.<Chart>of(scores(scored), latencies(simulated));
        var notes = List.of(String.format(
                Locale.ROOT,
                "%d questions per cell. Latency of 4 sequences of %s tokens by the cost model, where every page size recalls as"
                        + " many bytes as figure 9's: smaller pages spend a budget on fewer tokens that nobody asked for,"
                        + " but have more digests to read and more copies to start.",
                scored.all().getFirst().whole("samples"),
                simulated.distinct("tokens").getFirst()));
        return new Drawn(charts, List.of(comparison(scored)), notes);
    }

    private static Comparison comparison(Rows scored) {
        var of16 = meanOf(scored, "16");
        var of32 = meanOf(scored, "32");
        return new Comparison(
                        "mean score over budgets, pages of 16 against pages of 32",
                        "as good",
                        Comparison.percent(of16) + " against " + Comparison.percent(of32),
                        of16 >= of32 - 0.05,
                        "not more than 5 points below")
                .over(scored.all().getFirst().whole("samples"));
    }

    private static double meanOf(Rows scored, String size) {
        return scored.where(row -> sizeOf(row.text("policy")).equals(size)).mean("accuracy");
    }

    private static Chart scores(Rows scored) {
        var scores = Score.of(scored);
        var sizes = Score.policies(scores);
        var best = sizes.stream()
                .max(Comparator.comparingDouble(policy -> meanOf(scored, sizeOf(policy))))
                .map(PageSize::sizeOf)
                .orElseThrow();
        var labels = new Labels(
                "page-size-score",
                String.format(
                        Locale.ROOT,
                        "Score in %s by page size, %,.0f tokens",
                        scored.distinct("task").getFirst(),
                        scored.mean("prompt_tokens")),
                "Over all budgets, pages of " + best + " score best with " + Comparison.percent(meanOf(scored, best))
                        + "; pages of 32 have " + Comparison.percent(meanOf(scored, "32")) + ".",
                "budget, tokens",
                "score, %");
        var marks = IntStream.range(0, sizes.size()).mapToObj(Palette::step).toList();
        var lines = Score.lines(scores, policy -> "pages of " + sizeOf(policy), marks, (policy, budget) -> null);
        return new LineChart(labels, Score.budgets(scores), 100, lines, List.of());
    }

    private static Chart latencies(Rows simulated) {
        var series = new ArrayList<Series>();
        for (var experiment : simulated.distinct("experiment")) {
            var points = new ArrayList<Point>();
            for (var row : simulated.where("experiment", experiment)) {
                points.add(Point.of(points.size(), row.number("step_ms")));
            }
            series.add(Series.of(
                    "pages of " + experiment.substring(experiment.lastIndexOf('-') + 1),
                    Palette.step(series.size()),
                    points));
        }
        var budgets = simulated.distinct("budget");
        var order = series.stream()
                .sorted(Comparator.comparingDouble(
                        one -> one.points().getFirst().y()))
                .toList();
        var labels = new Labels(
                "page-size-latency",
                "Step of LongChat-7B by page size, A100 (cost model)",
                String.format(
                        Locale.ROOT,
                        "At a budget of %s tokens, a step with %s is the fastest (%.1f ms), with %s the slowest (%.1f ms).",
                        budgets.getFirst(),
                        order.getFirst().name(),
                        order.getFirst().points().getFirst().y(),
                        order.getLast().name(),
                        order.getLast().points().getFirst().y()),
                "budget, tokens",
                "latency, ms");
        return new LineChart(labels, budgets, Double.NaN, series, List.of());
    }

    private static String sizeOf(String policy) {
        return PolicyChoice.parse(policy, Map.of()).settings().word("page-size");
    }
}
