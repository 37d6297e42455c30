package io.arkvale.experiments.overview;

import io.arkvale.experiments.chart.Chart;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.chart.Palette;
import io.arkvale.experiments.chart.Point;
import io.arkvale.experiments.chart.ScatterChart;
import io.arkvale.experiments.chart.Series;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What share of the best pages digests find over the bits that they take, all of the budget attended. */
public final class FrontierPicture {
    private static final String CUBOID_MAX = "cuboid-max";
    private static final String BITS = "bits_per_channel";

    private FrontierPicture() {}

    /**
     * A chart per number of head groups, each a mean over the texts of one model.
     *
     * @param rows of {@code attention --measure frontier}
     * @throws IllegalArgumentException if they are of several models, or have no such budget
     */
    public static List<Chart> of(Rows rows, String budget) {
        var models = rows.distinct("model");
        if (models.size() != 1) {
            throw new IllegalArgumentException("it has the models " + String.join(", ", models) + "; allowed: one");
        }
        var there = rows.where("budget", budget).where("attended", "budget").where(row -> row.has(BITS));
        if (there.isEmpty()) {
            throw new IllegalArgumentException(
                    "it has the budgets " + String.join(", ", rows.distinct("budget")) + ", not " + budget);
        }
        var charts = new ArrayList<Chart>();
        for (var groups : there.distinct("head_groups")) {
            charts.add(chart(models.getFirst(), budget, groups, there.where("head_groups", groups)));
        }
        return charts;
    }

    private static Chart chart(String model, String budget, String groups, Rows rows) {
        var names = rows.distinct("digest");
        var marks = Palette.of(names);
        var items = new ArrayList<Series>();
        for (int i = 0; i < names.size(); i++) {
            var ofDigest = rows.where("digest", names.get(i));
            var share = 100 * ofDigest.mean("found");
            items.add(Series.of(names.get(i), marks.get(i), List.of(Point.of(ofDigest.mean(BITS), share))));
        }
        var labels = new Labels(
                "frontier-" + groups,
                model + ", budget " + budget + ", choices per layer: " + groups,
                finding(items),
                "bits per channel, page and KV head",
                "share of the best pages found, %");
        return new ScatterChart(labels, 100, items, Set.of(CUBOID_MAX), Set.of());
    }

    /** Which finds most in no more bits than the box of a page. */
    private static String finding(List<Series> items) {
        var best = items.stream()
                .filter(item -> ScatterChart.at(item).x() <= 2 * Short.SIZE)
                .max(Comparator.comparingDouble(item -> ScatterChart.at(item).y()))
                .orElseThrow(() -> new IllegalArgumentException("it has no digest of at most 32 bits per channel"));
        return "In at most 32 bits per channel " + best.name() + " finds most: "
                + LineChart.number(ScatterChart.at(best).y()) + " %.";
    }
}
