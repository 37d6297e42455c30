package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Passkeys found by policy, budget and length. */
final class Table1 {
    static final Figure FIGURE = new Figure(
            "table1",
            "passkeys found, by policy and budget",
            "With LongChat-7b-v1.5-32k, ArkVale finds 95 to 100 % of 20 passkeys at every length and budget;"
                    + " StreamingLLM, H2O and TOVA have evicted nearly all of them at small budgets.",
            Table1::draw);

    /** Right answers in percent at budgets 512, 1024, 2048 and 4096, by policy and characters of filler. */
    private static final Map<String, Map<String, List<Integer>>> PAPER = Map.of(
            "arkvale",
            Map.of(
                    "10000", List.of(100, 95, 100, 95),
                    "20000", List.of(95, 100, 100, 100),
                    "30000", List.of(100, 95, 95, 100)),
            "streaming-llm",
            Map.of(
                    "10000", List.of(0, 5, 15, 40),
                    "20000", List.of(0, 0, 5, 20),
                    "30000", List.of(0, 0, 5, 10)),
            "h2o",
            Map.of(
                    "10000", List.of(5, 5, 15, 40),
                    "20000", List.of(0, 5, 5, 20),
                    "30000", List.of(5, 5, 5, 15)),
            "tova",
            Map.of(
                    "10000", List.of(5, 10, 20, 40),
                    "20000", List.of(5, 5, 10, 20),
                    "30000", List.of(5, 5, 5, 15)));

    private static final List<String> PAPER_BUDGETS = List.of("512", "1024", "2048", "4096");

    private Table1() {}

    private static Drawn draw(Rows results) {
        var charts = new ArrayList<Chart>();
        var comparisons = new ArrayList<Comparison>();
        for (var experiment : results.distinct("experiment")) {
            var rows = results.where("experiment", experiment);
            var length = rows.distinct("length").getFirst();
            charts.add(chart(experiment, length, rows));
            for (var policy : rows.distinct("policy")) {
                var paper = PAPER.getOrDefault(policy, Map.of()).get(length);
                if (paper != null) {
                    comparisons.add(comparison(policy, length, rows.where("policy", policy), paper));
                }
            }
        }
        return new Drawn(charts, comparisons, notes(results));
    }

    private static Chart chart(String experiment, String length, Rows rows) {
        var scores = Score.of(rows);
        var labels = new Labels(
                experiment,
                String.format(Locale.ROOT, "Passkeys in %,d characters", Integer.parseInt(length)),
                EvictedForGood.finding(scores, "of the passkeys"),
                "budget, tokens",
                "right answers, %");
        var lines = Score.lines(
                scores,
                policy -> policy,
                Palette.of(Score.policies(scores)),
                (policy, budget) -> paper(policy, length, budget));
        return new LineChart(labels, Score.budgets(scores), 100, lines, List.of());
    }

    /** The paper's share in percent, or null. */
    private static @Nullable Integer paper(String policy, String length, String budget) {
        var shares = PAPER.getOrDefault(policy, Map.of()).get(length);
        var place = PAPER_BUDGETS.indexOf(budget);
        return shares == null || place < 0 ? null : shares.get(place);
    }

    private static Comparison comparison(String policy, String length, Rows rows, List<Integer> paper) {
        var theirs = new ArrayList<String>();
        var ours = new ArrayList<String>();
        var agrees = true;
        for (var row : rows) {
            var place = PAPER_BUDGETS.indexOf(row.text("budget"));
            if (place < 0) {
                continue;
            }
            var share = paper.get(place) / 100.0;
            theirs.add(paper.get(place).toString());
            ours.add(Long.toString(Math.round(100 * row.number("accuracy"))));
            agrees &= share >= row.number("accuracy_low") && share <= row.number("accuracy_high");
        }
        return new Comparison(
                        String.format(
                                Locale.ROOT,
                                "%s, %,d characters: %% right at budgets %s",
                                policy,
                                Integer.parseInt(length),
                                String.join("/", rows.distinct("budget"))),
                        String.join("/", theirs),
                        String.join("/", ours),
                        agrees,
                        "the paper's share lies in the 95 % interval of ours at every budget")
                .over(rows.all().getFirst().whole("samples"));
    }

    private static List<String> notes(Rows results) {
        var samples = results.numbers("samples").summaryStatistics();
        var depths = samples.getMin() == samples.getMax()
                ? String.format(Locale.ROOT, "%.0f", samples.getMax())
                : String.format(Locale.ROOT, "%.0f to %.0f", samples.getMin(), samples.getMax());
        return List.of(
                depths + " depths per length; the paper took 20. Lengths are characters of filler; the shipped model"
                        + " reads one per token, LongChat several: the same budget is here a smaller part of the text.");
    }
}
