package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.PaperPoint;
import io.arkvale.experiments.chart.PaperPoint.Bound;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** How many of the best pages each digest finds. */
final class Figure7 {
    static final Figure FIGURE = new Figure(
            "fig7",
            "share of the best pages that each digest finds",
            "cuboid-mean finds 95 % of the best page (k = 1) and above 80 % of the best k elsewhere; all six volumes"
                    + " find at least 60 %; the centroid finds below 5 % at k = 1.",
            Figure7::draw);

    /** A share below which the first page is said to lead hardly ever. */
    private static final double RARELY = 0.05;

    private static final String DEFAULT = "cuboid-mean";
    private static final String BASELINE = "centroid";

    private Figure7() {}

    private static Drawn draw(Rows results) {
        var charts = new ArrayList<Chart>();
        var comparisons = new ArrayList<Comparison>();
        var notes = new ArrayList<String>();
        for (var experiment : results.distinct("experiment")) {
            var rows = results.where("experiment", experiment);
            var text = experiment.equals(FIGURE.name()) ? "English" : "questions";
            charts.add(chart(experiment, text, rows));
            comparisons.addAll(comparisons(text, rows));
            notes.addAll(notes(text, rows));
        }
        notes.add(
                "English is held-out text as it goes on; questions are those about numbers hidden in filler, with their"
                        + " answers, where the best page changes from question to question. The best pages are those with the"
                        + " largest dot product with the query, mean over the layer's query heads; the backend makes the digests"
                        + " and their scores; shares are means over steps and limited layers.");
        notes.add(
                "Where one page with an outlying key (an attention sink, usually the first page) leads, a mean hides it"
                        + " and a volume does not: that is how a centroid can miss nearly every best page at k = 1. "
                        + (results.mean("first_is_best") < RARELY
                                ? "The first page hardly ever leads here, so that the centroid has no such page to miss."
                                : "The first page does lead here."));
        return new Drawn(charts, comparisons, notes);
    }

    private static Chart chart(String experiment, String text, Rows rows) {
        var tops = rows.distinct("top");
        var digests = rows.distinct("digest");
        var marks = Palette.of(digests);
        var series = new ArrayList<Series>();
        for (int i = 0; i < digests.size(); i++) {
            var points = new ArrayList<Point>();
            for (var top : tops) {
                points.add(Point.of(points.size(), 100 * found(rows, digests.get(i), top)));
            }
            series.add(new Series(digests.get(i), marks.get(i), points, paper(digests.get(i), tops.size())));
        }
        var first = tops.getFirst();
        var order = order(rows, digest -> found(rows, digest, first));
        var labels = new Labels(
                experiment,
                "Best k pages found, " + text,
                "At k = " + first + ", " + order.getFirst() + " finds the best page most often ("
                        + Comparison.percent(found(rows, order.getFirst(), first)) + "), " + order.getLast()
                        + " least often (" + Comparison.percent(found(rows, order.getLast(), first)) + ").",
                "k, pages",
                "of the best k pages found, %");
        return new LineChart(labels, tops, 100, series, List.of());
    }

    /** What the paper says in its text about a digest. */
    private static List<PaperPoint> paper(String digest, int places) {
        if (digest.equals(BASELINE)) {
            return List.of(new PaperPoint(0, 5, Bound.BELOW));
        }
        if (!digest.equals(DEFAULT)) {
            return List.of();
        }
        var points = new ArrayList<>(List.of(PaperPoint.of(0, 95)));
        for (int place = 1; place < places; place++) {
            points.add(new PaperPoint(place, 80, Bound.ABOVE));
        }
        return points;
    }

    /** Mean over layers of the share found. */
    private static double found(Rows results, String digest, String top) {
        return results.where("digest", digest).where("top", top).mean("found");
    }

    private static List<Comparison> comparisons(String text, Rows results) {
        var tops = results.distinct("top");
        var volumes = results.distinct("digest").stream()
                .filter(digest -> !digest.equals(BASELINE))
                .toList();
        var first = tops.getFirst();
        var ofDefault = found(results, DEFAULT, first);
        var elsewhere = tops.stream()
                .skip(1)
                .mapToDouble(top -> found(results, DEFAULT, top))
                .min()
                .orElseThrow();
        var leastOfVolumes = volumes.stream()
                .flatMap(digest -> tops.stream().map(top -> found(results, digest, top)))
                .mapToDouble(share -> share)
                .min()
                .orElseThrow();
        var ofBaseline = found(results, BASELINE, first);
        var best = order(results, digest -> overall(results, digest)).getFirst();
        var worst = order(results, digest -> overall(results, digest)).getLast();
        return List.of(
                new Comparison(
                        text + ": cuboid-mean at k = 1",
                        "95 %",
                        Comparison.percent(ofDefault),
                        ofDefault >= 0.9,
                        "at least 90 %"),
                new Comparison(
                        text + ": cuboid-mean at every other k",
                        "above 80 %",
                        "at least " + Comparison.percent(elsewhere),
                        elsewhere > 0.8,
                        "above 80 %"),
                new Comparison(
                        text + ": the six volumes at every k",
                        "at least 60 %",
                        "at least " + Comparison.percent(leastOfVolumes),
                        leastOfVolumes >= 0.6,
                        "at least 60 %"),
                new Comparison(
                        text + ": centroid at k = 1",
                        "below 5 %",
                        Comparison.percent(ofBaseline),
                        ofBaseline < 0.05,
                        "below 5 %"),
                new Comparison(
                        text + ": best digest, mean over all k",
                        DEFAULT,
                        best,
                        best.equals(DEFAULT),
                        "the same digest"),
                new Comparison(
                        text + ": worst digest, mean over all k",
                        BASELINE,
                        worst,
                        worst.equals(BASELINE),
                        "the same digest"));
    }

    private static double overall(Rows results, String digest) {
        return results.where("digest", digest).mean("found");
    }

    private static List<String> order(Rows results, ToDoubleFunction<String> share) {
        return results.distinct("digest").stream()
                .sorted(Comparator.comparingDouble(share).reversed())
                .toList();
    }

    private static List<String> notes(String text, Rows results) {
        var notes = new ArrayList<String>();
        var tops = results.distinct("top");
        for (var top : List.of(tops.getFirst(), tops.get(tops.size() / 2))) {
            notes.add("Order in " + text + " at k = " + top + ": "
                    + order(results, digest -> found(results, digest, top)).stream()
                            .map(digest -> digest + " " + Comparison.percent(found(results, digest, top)))
                            .collect(Collectors.joining(", "))
                    + ".");
        }
        var row = results.all().getFirst();
        notes.add(String.format(
                Locale.ROOT,
                "In %s, %d tokens after %.0f pages, the first page is the best one in %s of the cases, the last filled one in"
                        + " %s.",
                text,
                row.whole("steps"),
                row.number("pages"),
                Comparison.percent(results.mean("first_is_best")),
                Comparison.percent(results.mean("last_is_best"))));
        return notes;
    }
}
