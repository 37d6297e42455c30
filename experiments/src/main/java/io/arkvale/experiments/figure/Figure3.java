package io.arkvale.experiments.figure;

import io.arkvale.experiments.figure.Charts.Labels;
import io.arkvale.experiments.figure.Charts.Series;
import java.util.List;
import java.util.Locale;

/** How few pages hold most of the attention of each layer. */
final class Figure3 implements Figure {
    private static final int FEW = 10;

    @Override
    public String name() {
        return "fig3";
    }

    @Override
    public String title() {
        return "sparsity of attention, by layer";
    }

    @Override
    public String paper() {
        return "Except in the first layer, fewer than 10 pages of 32 tokens hold 99 % of the attention.";
    }

    @Override
    public Drawn draw(Rows results) {
        var series = results.distinct("share").stream()
                .map(share -> new Series(
                        Comparison.percent(Double.parseDouble(share)),
                        results.where("share", share).numbers("pages").boxed().toList()))
                .toList();
        var labels = new Labels("fig3", "Pages that hold a share of the attention", "layer", "pages");
        var at99 = results.where(row -> row.number("share") == 0.99);
        var first = at99.where("layer", 0).only();
        var later = at99.where(row -> row.whole("layer") > 0);
        var most = later.numbers("pages").max().orElseThrow();
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
        return new Drawn(List.of(Charts.bars(labels, results.distinct("layer"), series)), comparisons, notes);
    }
}
