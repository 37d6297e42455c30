package io.arkvale.experiments.chart;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A point per name in two measures; little of the horizontal one and much of the vertical one is good.
 *
 * @param most upper end of the vertical axis, which begins at 0
 * @param items a series of one point each
 * @param named names that are written first, where not all have room
 * @param bounds names of what no real system can do, which beat nobody
 */
public record ScatterChart(Labels labels, double most, List<Series> items, Set<String> named, Set<String> bounds)
        implements Chart {
    /** Refuses items of several points. */
    public ScatterChart {
        if (items.stream().anyMatch(item -> item.points().size() != 1)) {
            throw new IllegalArgumentException("chart '" + labels.name() + "' needs one point per name");
        }
    }

    /** Items that no other beats in both measures, from the left; of equal ones the first. Bounds are left out. */
    public List<Series> front() {
        var real = items.stream().filter(item -> !bounds.contains(item.name())).toList();
        return real.stream()
                .filter(item -> real.stream().noneMatch(other -> beats(other, item)))
                .sorted((one, other) -> Double.compare(at(one).x(), at(other).x()))
                .toList();
    }

    private boolean beats(Series other, Series item) {
        var better = at(other).x() <= at(item).x() && at(other).y() >= at(item).y();
        var same = at(other).x() == at(item).x() && at(other).y() == at(item).y();
        return better && (!same || items.indexOf(other) < items.indexOf(item));
    }

    /** The one point of an item. */
    public static Point at(Series item) {
        return item.points().getFirst();
    }

    @Override
    public String description() {
        return items.stream()
                .map(item ->
                        item.name() + ": " + LineChart.number(at(item).y()) + " at " + LineChart.number(at(item).x()))
                .collect(Collectors.joining("; ", "", "."));
    }
}
