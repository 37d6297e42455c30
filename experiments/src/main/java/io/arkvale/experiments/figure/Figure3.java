package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.LineChart.PaperLine;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How few pages hold most of the attention of each layer. */
final class Figure3 {
    static final Figure FIGURE = new Figure(
            "fig3",
            "sparsity of attention, by layer",
            "Except in the first layer, fewer than 10 pages of 32 tokens hold 99 % of the attention.",
            Figure3::draw);

    private static final int FEW = 10;

    private Figure3() {}

    private static Drawn draw(Rows results) {
        var at99 = results.where(row -> row.number("share") == 0.99);
        var first = at99.where("layer", 0).only();
        var later = at99.where(row -> row.whole("layer") > 0);
        var most = later.numbers("pages").max().orElseThrow();
        var labels = new Labels(
                "fig3",
                "Pages that hold a share of the attention",
                String.format(
                        Locale.ROOT,
                        "After the first layer, at most %s of %.0f pages hold 99 %% of the attention; in the first, %s do.",
                        Comparison.tenths(most),
                        first.number("all_pages"),
                        Comparison.tenths(first.number("pages"))),
                "layer",
                "pages");
        var chart = new LineChart(
                labels,
                results.distinct("layer"),
                Double.NaN,
                series(results),
                List.of(new PaperLine(FEW, "the paper, 99 %: fewer than 10 after the first layer")));
        var comparisons = List.of(
                new Comparison(
                        "pages that hold 99 % in the layers after the first",
                        "fewer than 10",
                        "at most " + Comparison.tenths(most) + ", mean " + Comparison.tenths(later.mean("pages")),
                        most < FEW,
                        "fewer than 10 in each of them"),
                new Comparison(
                        "the first layer",
                        "more than in the others",
                        Comparison.tenths(first.number("pages")),
                        first.number("pages") > most,
                        "more pages than in any later layer"));
        var notes = List.of(String.format(
                Locale.ROOT,
                "Held-out English, %.0f pages by the end: mean over %d tokens fed and over query heads. Of the pages that"
                        + " hold 99 %% of the attention averaged over a layer's heads, there are %s to %s.",
                first.number("all_pages"),
                first.whole("steps"),
                Comparison.tenths(at99.numbers("pages_of_mean").min().orElseThrow()),
                Comparison.tenths(at99.numbers("pages_of_mean").max().orElseThrow())));
        return new Drawn(List.of(chart), comparisons, notes);
    }

    private static List<Series> series(Rows results) {
        var series = new ArrayList<Series>();
        for (var share : results.distinct("share")) {
            var points = new ArrayList<Point>();
            for (var row : results.where("share", share)) {
                points.add(Point.of(points.size(), row.number("pages")));
            }
            series.add(Series.of(Comparison.percent(Double.parseDouble(share)), Palette.step(series.size()), points));
        }
        return series;
    }
}
