package io.arkvale.experiments.chart;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Lines through values, with their intervals and the paper's values.
 *
 * @param categories names of the places 0, 1, 2 ... of the horizontal axis; empty where it has numbers
 * @param most upper end of the vertical axis, which begins at 0; not a number to let the values decide
 * @param paper what the paper says of the whole chart
 */
public record LineChart(Labels labels, List<String> categories, double most, List<Series> series, List<PaperLine> paper)
        implements Chart {
    /**
     * A level that the paper names, drawn across the chart.
     *
     * @param words said in the key
     */
    public record PaperLine(double y, String words) {}

    /** Refuses a chart without lines, and places that have no name. */
    public LineChart {
        if (series.isEmpty()) {
            throw new IllegalArgumentException("chart '" + labels.name() + "' has no series");
        }
        for (var one : series) {
            for (var point : one.points()) {
                if (!categories.isEmpty() && (point.x() < 0 || point.x() >= categories.size())) {
                    throw new IllegalArgumentException("place " + point.x() + " of '" + one.name() + "' has no name");
                }
            }
        }
    }

    @Override
    public String description() {
        return series.stream().map(this::sentence).collect(Collectors.joining(" "));
    }

    private String sentence(Series one) {
        // Long curves say their ends.
        var points = categories.isEmpty()
                ? List.of(one.points().getFirst(), one.points().getLast())
                : one.points();
        var text = new StringBuilder(one.name()).append(": ");
        text.append(points.stream()
                .map(point -> number(point.y()) + interval(point) + " at " + place(point.x()))
                .collect(Collectors.joining(", ")));
        for (var paper : one.paper()) {
            text.append("; ").append(paper.bound().words()).append(' ').append(number(paper.y()));
            text.append(" at ").append(place(paper.x()));
        }
        return text.append('.').toString();
    }

    private String place(double x) {
        return categories.isEmpty() ? number(x) : categories.get((int) x);
    }

    private static String interval(Point point) {
        return point.hasInterval() ? " (" + number(point.low()) + " to " + number(point.high()) + ")" : "";
    }

    /** At most one decimal place. */
    public static String number(double value) {
        var text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
