package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.report.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How the importance of pages moves from step to step. */
final class Figure4a {
    static final Figure FIGURE = new Figure(
            "fig4a",
            "rank of pages over decode steps",
            "A page's rank among all pages moves by hundreds over a few hundred steps:"
                    + " what was evicted becomes important again.",
            Figure4a::draw);

    private static final int SHOWN = 4;
    private static final int HUNDREDS = 100;
    /** Most pages that ArkVale attends to by default. */
    private static final int ATTENDED = 40;

    private Figure4a() {}

    private static Drawn draw(Rows results) {
        var layers = results.distinct("layer");
        var layer = layers.get(layers.size() / 2);
        var rows = results.where("layer", layer).all();
        var every = rows.getFirst().whole("every");
        var curves = IntStream.rangeClosed(1, SHOWN)
                .mapToObj(i -> rows.get(rows.size() * i / (SHOWN + 1)))
                .map(row -> Series.of("page " + row.text("page"), Palette.step(0), curve(row, every)))
                .toList();
        var ranges = results.stream()
                .mapToDouble(row -> row.number("worst") - row.number("best"))
                .sorted()
                .toArray();
        var median = ranges[ranges.length / 2];
        var pages = rows.getFirst().whole("pages");
        var back = results.stream().filter(Figure4a::comesBack).count();
        var labels = new Labels(
                "fig4a",
                "Rank of four pages, layer " + layer,
                String.format(
                        Locale.ROOT,
                        "The median page moves through %.0f of %d ranks; %.0f %% of the pages come back among the best %d"
                                + " after they stood beyond the best %d.",
                        median,
                        pages,
                        100.0 * back / results.all().size(),
                        ATTENDED,
                        HUNDREDS),
                "decode step",
                "rank (1 is the best)");
        var chart = new LineChart(labels, List.of(), Double.NaN, marked(curves), List.of());
        var comparisons = List.of(new Comparison(
                "ranks through which a page moves, median over pages and layers",
                "hundreds",
                String.format(Locale.ROOT, "%.0f of %d", median, pages),
                median >= HUNDREDS,
                "at least 100"));
        var steps = ranks(rows.getFirst()).length * every;
        var notes = List.of(
                String.format(
                        Locale.ROOT,
                        "Held-out English fed for %d steps after a prefill of %d pages; a page's score is its largest"
                                + " dot product with the query, mean over the layer's query heads. The four pages stand"
                                + " at equal distances in the text; %s.csv has all pages of all limited layers.",
                        steps,
                        rows.size(),
                        FIGURE.name()),
                String.format(
                        Locale.ROOT,
                        "%.0f %% of the pages stand among the best %d at one step after they stood beyond the best %d at"
                                + " an earlier one: evicted for good, they would have been missed.",
                        100.0 * back / results.all().size(),
                        ATTENDED,
                        HUNDREDS));
        return new Drawn(List.of(chart), comparisons, notes);
    }

    private static boolean comesBack(Rows.Row row) {
        var ranks = ranks(row);
        var gone = IntStream.range(0, ranks.length)
                .filter(i -> ranks[i] > HUNDREDS)
                .findFirst();
        return gone.isPresent()
                && Arrays.stream(ranks, gone.getAsInt(), ranks.length).anyMatch(rank -> rank <= ATTENDED);
    }

    private static List<Series> marked(List<Series> curves) {
        return IntStream.range(0, curves.size())
                .mapToObj(i -> Series.of(
                        curves.get(i).name(), Palette.step(i), curves.get(i).points()))
                .toList();
    }

    private static List<Point> curve(Rows.Row row, int every) {
        var ranks = ranks(row);
        return IntStream.range(0, ranks.length)
                .mapToObj(i -> Point.of((double) i * every, ranks[i]))
                .toList();
    }

    private static int[] ranks(Rows.Row row) {
        return Arrays.stream(row.text("ranks").split(" ", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
