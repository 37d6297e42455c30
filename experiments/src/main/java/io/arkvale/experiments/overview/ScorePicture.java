package io.arkvale.experiments.overview;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.figure.Score;
import io.arkvale.experiments.report.Rows;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What policies score in one task over their budgets. */
public final class ScorePicture {
    private ScorePicture() {}

    /**
     * The longest texts of a task's table: scores over budgets with their intervals, one line per policy.
     *
     * @throws IllegalArgumentException if the rows are of several tasks
     */
    public static Chart of(Rows rows) {
        var tasks = rows.distinct("task");
        if (tasks.size() != 1) {
            throw new IllegalArgumentException("it has the tasks " + String.join(", ", tasks) + "; allowed: one");
        }
        var length = rows.distinct("length").stream()
                .max(Comparator.comparingInt(Integer::parseInt))
                .orElseThrow();
        var scores = Score.of(rows.where("length", length));
        var labels = new Labels(
                "scores",
                String.format(
                        Locale.ROOT,
                        "%s, length %,d, %d questions",
                        tasks.getFirst(),
                        Integer.parseInt(length),
                        scores.getFirst().samples()),
                finding(scores),
                "budget: tokens kept on the device",
                "score, %");
        return new LineChart(labels, Score.budgets(scores), 100, Score.lines(scores), List.of());
    }

    /** Who scores most and who least at the smallest budget. */
    private static String finding(List<Score> scores) {
        var least = Score.budgets(scores).stream()
                .min(Comparator.comparingInt(Integer::parseInt))
                .orElseThrow();
        var there = scores.stream()
                .filter(score -> score.budget().equals(least))
                .sorted(Comparator.comparingDouble(Score::value).reversed())
                .toList();
        var best = there.getFirst();
        var begin = "At a budget of " + least + " tokens " + best.policy() + " scores " + Score.percent(best.value());
        var worst = there.getLast();
        return there.size() == 1
                ? begin + "."
                : begin + ", and " + worst.policy() + " scores " + Score.percent(worst.value()) + ".";
    }
}
