package io.arkvale.experiments.overview;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.figure.EvictedForGood;
import io.arkvale.experiments.figure.Score;
import io.arkvale.experiments.report.Rows;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The project in one picture: what recall finds, and what eviction for good has lost. */
public final class RecallPicture {
    private RecallPicture() {}

    /** The longest text of a table of passkeys: right answers over budgets, a line per policy. */
    public static Chart of(Rows passkeys) {
        var length = passkeys.distinct("length").stream()
                .max(Comparator.comparingInt(Integer::parseInt))
                .orElseThrow();
        var scores = Score.of(passkeys.where("length", length));
        var labels = new Labels(
                "recall",
                "Recall against eviction",
                EvictedForGood.finding(
                        scores,
                        String.format(
                                Locale.ROOT,
                                "of %d passkeys hidden in %,d characters",
                                scores.getFirst().samples(),
                                Integer.parseInt(length))),
                "budget: tokens kept on the device",
                "passkeys found, %");
        return new LineChart(labels, Score.budgets(scores), 100, Score.lines(scores), List.of());
    }
}
