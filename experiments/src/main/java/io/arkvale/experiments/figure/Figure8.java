package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.report.Rows;
import io.arkvale.experiments.result.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores by task, policy and budget. */
final class Figure8 {
    static final Figure FIGURE = new Figure(
            "fig8",
            "score over budget, by task and policy",
            "On LongBench, ArkVale equals full attention from a budget of 512 tokens (TriviaQA), 1024 (HotpotQA, Qasper)"
                    + " or 2048 (NarrativeQA, PassageRetrieval), and stands above the policies that evict for good.",
            Figure8::draw);

    private static final String FULL = "full";
    private static final String ARKVALE = "arkvale";
    /** The least budget, in tokens, from which ArkVale equals full attention in the paper, by task. */
    private static final Map<String, Integer> PAPER =
            Map.of("HotpotQA", 1024, "Qasper", 1024, "NarrativeQA", 2048, "PassageRetrieval", 2048, "TriviaQA", 512);

    private Figure8() {}

    private static Drawn draw(Rows results) {
        var charts = new ArrayList<Chart>();
        var comparisons = new ArrayList<Comparison>();
        for (var experiment : results.distinct("experiment")) {
            var rows = results.where("experiment", experiment);
            charts.add(chart(experiment, rows));
            comparisons.add(equalsFull(rows));
            comparisons.add(aboveEvicting(rows));
        }
        var row = results.all().getFirst();
        var notes = List.of(String.format(
                Locale.ROOT,
                "LongBench needs a download and a model that follows instructions; these are the tasks that the shipped"
                        + " model knows, in texts of about %,.0f tokens. ArkVale counts as equal where the 95 %% interval"
                        + " of the paired difference from full attention reaches 0; with few questions that is wide:"
                        + " see the columns samples, gain_low and gain_high.",
                row.number("prompt_tokens")));
        return new Drawn(charts, comparisons, notes);
    }

    private static Chart chart(String experiment, Rows rows) {
        var task = rows.distinct("task").getFirst();
        var scores = Score.of(rows);
        var samples = rows.all().getFirst().whole("samples");
        var labels = new Labels(
                experiment,
                String.format(Locale.ROOT, "Score in %s, %d questions", task, samples),
                finding(rows, scores),
                "budget, tokens",
                "score, %");
        return new LineChart(labels, Score.budgets(scores), 100, Score.lines(scores), List.of());
    }

    /** The least budget from which ArkVale is not below full attention, as far as the questions tell. */
    private static String finding(Rows rows, List<Score> scores) {
        var least = Score.budgets(scores).getFirst();
        var ours = Score.percent(Score.of(scores, ARKVALE, least).value());
        var full = Score.percent(Score.of(scores, FULL, least).value());
        var samples = rows.all().getFirst().whole("samples");
        if (samples < Verdict.LEAST_SAMPLES) {
            return String.format(
                    Locale.ROOT,
                    "At a budget of %s tokens ArkVale scores %s, full attention %s; %d questions are too few for a verdict.",
                    least,
                    ours,
                    full,
                    samples);
        }
        var from = leastEqual(rows);
        return from == null
                ? "At every budget ArkVale scores less than full attention; at " + least + " tokens " + ours
                        + " against " + full + "."
                : "From a budget of " + from
                        + " tokens on, ArkVale's score does not differ from full attention's as far as " + samples
                        + " questions tell.";
    }

    /** The least budget from which on the interval of the paired difference reaches 0, or null. */
    private static @Nullable String leastEqual(Rows rows) {
        String from = null;
        var ours = rows.where("policy", ARKVALE);
        for (var budget : rows.distinct("budget").reversed()) {
            if (ours.where("budget", budget).only().number("gain_high") < 0) {
                break;
            }
            from = budget;
        }
        return from;
    }

    private static Comparison equalsFull(Rows rows) {
        var from = leastEqual(rows);
        var most = PAPER.values().stream().mapToInt(budget -> budget).max().orElseThrow();
        return new Comparison(
                        rows.distinct("task").getFirst() + ": least budget from which ArkVale equals full attention",
                        "512 to 2048, by task",
                        from == null ? "none of these" : from,
                        from != null && Integer.parseInt(from) <= most,
                        "at most 2048, the paper's largest")
                .over(rows.all().getFirst().whole("samples"));
    }

    private static Comparison aboveEvicting(Rows rows) {
        var wins = 0;
        var cells = 0;
        for (var row : rows) {
            if (!row.text("policy").equals(FULL) && !row.text("policy").equals(ARKVALE)) {
                var arkVale = rows.where("policy", ARKVALE)
                        .where("budget", row.text("budget"))
                        .only();
                cells++;
                wins += arkVale.number("accuracy") >= row.number("accuracy") ? 1 : 0;
            }
        }
        return new Comparison(
                        rows.distinct("task").getFirst() + ": ArkVale at least as good as an evicting policy",
                        "above them",
                        "in " + wins + " of " + cells + " cells",
                        wins == cells,
                        "in every cell")
                .over(rows.all().getFirst().whole("samples"));
    }
}
