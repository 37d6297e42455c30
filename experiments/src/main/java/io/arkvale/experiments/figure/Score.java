package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Mark;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a policy scored in a task under a budget.
 *
 * @param value from 0 to 1
 * @param low lower end of the value's 95 % interval
 * @param high upper end of it
 */
public record Score(String task, String policy, String budget, double value, double low, double high, int samples) {
    /** Reads a row; without an interval it is the value itself. */
    public static Score of(Rows.Row row) {
        var value = row.number("accuracy");
        return new Score(
                row.has("task") ? row.text("task") : "",
                row.text("policy"),
                row.text("budget"),
                value,
                row.has("accuracy_low") ? Math.min(value, row.number("accuracy_low")) : value,
                row.has("accuracy_high") ? Math.max(value, row.number("accuracy_high")) : value,
                row.whole("samples"));
    }

    /** All rows that have a score. */
    public static List<Score> of(Rows rows) {
        return rows.stream().filter(row -> row.has("accuracy")).map(Score::of).toList();
    }

    /** In percent, with its interval. */
    public Point point(double x) {
        return new Point(x, 100 * value, 100 * low, 100 * high);
    }

    /** The policies in order of appearance. */
    public static List<String> policies(List<Score> scores) {
        return scores.stream().map(Score::policy).distinct().toList();
    }

    /** The budgets in order of appearance. */
    public static List<String> budgets(List<Score> scores) {
        return scores.stream().map(Score::budget).distinct().toList();
    }

    /**
     * The score of a policy under a budget.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Score of(List<Score> scores, String policy, String budget) {
        return scores.stream()
                .filter(score -> score.policy().equals(policy) && score.budget().equals(budget))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("there is no result of '" + policy + "' at budget " + budget));
    }

    /**
     * Lines over budgets, one per policy, in percent.
     *
     * @param name the name that a policy has in the chart
     * @param paper the paper's value in percent by policy and budget, or null
     */
    public static List<Series> lines(
            List<Score> scores,
            UnaryOperator<String> name,
            List<Mark> marks,
            BiFunction<String, String, @Nullable Integer> paper) {
        var policies = policies(scores);
        var budgets = budgets(scores);
        var series = new ArrayList<Series>();
        for (int i = 0; i < policies.size(); i++) {
            var points = new ArrayList<Point>();
            var theirs = new ArrayList<PaperPoint>();
            for (int place = 0; place < budgets.size(); place++) {
                points.add(of(scores, policies.get(i), budgets.get(place)).point(place));
                var value = paper.apply(policies.get(i), budgets.get(place));
                if (value != null) {
                    theirs.add(PaperPoint.of(place, value));
                }
            }
            series.add(new Series(name.apply(policies.get(i)), marks.get(i), points, theirs));
        }
        return series;
    }

    /** Lines over budgets in the colours of the policies, without the paper's values. */
    public static List<Series> lines(List<Score> scores) {
        return lines(scores, name -> name, Palette.of(policies(scores)), (policy, budget) -> null);
    }

    /** A share from 0 to 1 in percent, as in "95 %". */
    public static String percent(double share) {
        return LineChart.number(100 * share) + " %";
    }
}
