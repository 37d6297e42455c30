package io.arkvale.experiments.chart;

/**
 * A value of a chart.
 *
 * @param x its place: a number, or in a chart over categories the number of the category from 0
 * @param y the value
 * @param low lower end of its interval; the value itself where there is no interval
 * @param high upper end of its interval
 */
public record Point(double x, double y, double low, double high) {
    /** Refuses values that are no numbers and intervals without their value. */
    public Point {
        if (!Double.isFinite(x) || !(low <= y && y <= high) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException(
                    "point at " + x + " needs finite low <= y <= high, not " + low + ", " + y + ", " + high);
        }
    }

    /** A value without an interval. */
    public static Point of(double x, double y) {
        return new Point(x, y, y, y);
    }

    /** Whether there is an interval to draw. */
    public boolean hasInterval() {
        return low < high;
    }
}
