package io.arkvale.experiments.chart;

import java.util.List;

/**
 * Values of one name, in the order of their places, with the paper's values of the same name.
 *
 * @param mark its colour and shape
 * @param points at least one
 * @param paper may be empty
 */
public record Series(String name, Mark mark, List<Point> points, List<PaperPoint> paper) {
    /** Refuses a series that shows nothing. */
    public Series {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("series '" + name + "' has no values");
        }
    }

    /** A series that the paper says nothing about. */
    public static Series of(String name, Mark mark, List<Point> points) {
        return new Series(name, mark, points, List.of());
    }
}
