package io.arkvale.experiments.figure;

import io.arkvale.experiments.chart.HeatMap;
import io.arkvale.experiments.chart.HeatMap.Cell;
import io.arkvale.experiments.chart.Labels;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.experiments.report.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many pages come back per step, by attended pages and capacity. */
final class Figure4b {
    static final Figure FIGURE = new Figure(
            "fig4b",
            "recalls per step, by attended pages and capacity",
            "With k below min(40, c/2) pages attended out of a capacity of c pages, fewer than 10 pages (5 MB) are"
                    + " recalled per decode step; recalls rise with k and fall with c.",
            Figure4b::draw);

    private static final int PAGE_SIZE = 32;
    private static final int FEW = 10;
    private static final int MOST_ATTENDED = 40;

    /** Recalls of one setting. */
    private record Point(int attended, int capacity, double recalls) {
        boolean isRecommended() {
            return attended <= Math.min(MOST_ATTENDED, capacity / 2);
        }
    }

    private Figure4b() {}

    private static Drawn draw(Rows results) {
        var points = results.stream().map(Figure4b::point).toList();
        var attended = points.stream().map(Point::attended).distinct().sorted().toList();
        var capacities =
                points.stream().map(Point::capacity).distinct().sorted().toList();
        var cells = points.stream()
                .map(point -> new Cell(
                        attended.indexOf(point.attended()),
                        capacities.indexOf(point.capacity()),
                        point.recalls(),
                        point.isRecommended()))
                .toList();
        var labels = new Labels(
                "fig4b",
                "Pages recalled per step, all layers together",
                finding(points),
                "attended pages k",
                "capacity c, pages");
        var chart = new HeatMap(
                labels,
                attended.stream().map(String::valueOf).toList(),
                capacities.stream().map(String::valueOf).toList(),
                cells,
                "k ≤ min(40, c/2): the paper has fewer than 10");
        return new Drawn(List.of(chart), comparisons(points), notes(results, points));
    }

    private static String finding(List<Point> points) {
        var within = points.stream().filter(Point::isRecommended).mapToDouble(Point::recalls);
        var beyond = points.stream().filter(point -> !point.isRecommended()).mapToDouble(Point::recalls);
        return String.format(
                Locale.ROOT,
                "At most %s pages come back per step where k ≤ min(40, c/2); elsewhere up to %s.",
                Comparison.tenths(within.max().orElseThrow()),
                Comparison.tenths(beyond.max().orElse(0)));
    }

    private static Point point(Rows.Row row) {
        return new Point(
                PolicyChoice.parse(row.text("policy"), Map.of()).settings().whole("attended"),
                row.whole("budget") / PAGE_SIZE,
                row.number("recalled_pages_per_step"));
    }

    private static List<Comparison> comparisons(List<Point> points) {
        var most = points.stream()
                .filter(Point::isRecommended)
                .mapToDouble(Point::recalls)
                .max()
                .orElseThrow();
        var withAttended = new Order();
        var withCapacity = new Order();
        for (var one : points) {
            for (var other : points) {
                if (one.capacity() == other.capacity() && one.attended() < other.attended()) {
                    withAttended.add(one.recalls() <= other.recalls());
                }
                if (one.attended() == other.attended() && one.capacity() < other.capacity()) {
                    withCapacity.add(one.recalls() >= other.recalls());
                }
            }
        }
        return List.of(
                new Comparison(
                        "most pages recalled per step with k ≤ min(40, c/2)",
                        "fewer than 10",
                        Comparison.tenths(most),
                        most < FEW,
                        "fewer than 10"),
                withAttended.comparison("recalls over attended pages k, at the same c", "rise"),
                withCapacity.comparison("recalls over capacity c, at the same k", "fall"));
    }

    private static List<String> notes(Rows results, List<Point> points) {
        var beyond = points.stream().filter(point -> !point.isRecommended()).mapToDouble(Point::recalls);
        return List.of(
                String.format(
                        Locale.ROOT,
                        "Held-out English, %d tokens fed after a prefill of %d. A recall is one page of one limited layer"
                                + " and head group. The shipped model has 4 limited layers, LongChat has 30: for the same"
                                + " recalls per layer this model's sum is 7.5 times smaller.",
                        results.all().getFirst().whole("scored_tokens"),
                        results.all().getFirst().whole("length")),
                String.format(
                        Locale.ROOT,
                        "With k above min(40, c/2), up to %.1f pages come back per step. Empty cells are settings"
                                + " that do not exist: k must leave room for the page being written.",
                        beyond.max().orElse(0)));
    }

    /** Pairs of settings that are ordered as expected, of all pairs. */
    private static final class Order {
        private final List<Boolean> pairs = new ArrayList<>();

        void add(boolean asExpected) {
            pairs.add(asExpected);
        }

        Comparison comparison(String quantity, String direction) {
            var share = pairs.stream().filter(pair -> pair).count() / (double) pairs.size();
            return new Comparison(
                    quantity,
                    direction,
                    "in " + Comparison.percent(share) + " of " + pairs.size() + " pairs they " + direction + " or stay",
                    share >= 0.9,
                    "in at least 90 % of the pairs");
        }
    }
}
