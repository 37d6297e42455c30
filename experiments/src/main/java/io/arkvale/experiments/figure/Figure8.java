package io.arkvale.experiments.figure;

import io.arkvale.experiments.figure.Charts.Labels;
import io.arkvale.experiments.figure.Charts.Series;
import io.arkvale.experiments.figure.Drawn.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scores by task, policy and budget. */
final class Figure8 implements Figure {
    private static final String FULL = "full";
    private static final String ARKVALE = "arkvale";

    /** The least budget, in tokens, from which ArkVale equals full attention in the paper, by task. */
    private static final Map<String, Integer> PAPER =
            Map.of("HotpotQA", 1024, "Qasper", 1024, "NarrativeQA", 2048, "PassageRetrieval", 2048, "TriviaQA", 512);

    @Override
    public String name() {
        return "fig8";
    }

    @Override
    public String title() {
        return "score over budget, by task and policy";
    }

    @Override
    public String paper() {
        return "On LongBench, ArkVale equals full attention from a budget of 512 tokens (TriviaQA), 1024 (HotpotQA, Qasper)"
                + " or 2048 (NarrativeQA, PassageRetrieval), and stands above the policies that evict for good.";
    }

    @Override
    public Drawn draw(Rows results) {
        var pictures = new ArrayList<Picture>();
        var comparisons = new ArrayList<Comparison>();
        for (var experiment : results.distinct("experiment")) {
            var rows = results.where("experiment", experiment);
            pictures.add(picture(experiment, rows));
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
        return new Drawn(pictures, comparisons, notes);
    }

    private static Picture picture(String experiment, Rows rows) {
        var task = rows.distinct("task").getFirst();
        var series = rows.distinct("policy").stream()
                .map(policy -> new Series(
                        policy,
                        rows.where("policy", policy).stream()
                                .map(row -> 100 * row.number("accuracy"))
                                .toList()))
                .toList();
        var questions = rows.all().getFirst().whole("samples");
        var labels = new Labels(
                experiment,
                String.format(Locale.ROOT, "%s, %d questions", task, questions),
                "budget, tokens",
                "score, %");
        return Charts.lines(labels, rows.distinct("budget"), series);
    }

    private static Comparison equalsFull(Rows rows) {
        var budgets = rows.distinct("budget");
        var from = "none of these";
        var equal = false;
        for (int i = budgets.size() - 1; i >= 0; i--) {
            var row = rows.where("policy", ARKVALE)
                    .where("budget", budgets.get(i))
                    .only();
            if (row.number("gain_high") < 0) {
                break;
            }
            from = budgets.get(i);
            equal = true;
        }
        var most = PAPER.values().stream().mapToInt(budget -> budget).max().orElseThrow();
        return new Comparison(
                rows.distinct("task").getFirst() + ": least budget from which ArkVale equals full attention",
                "512 to 2048, by task",
                from,
                equal && Integer.parseInt(from) <= most,
                "at most 2048, the paper's largest");
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
                "in every cell");
    }
}
