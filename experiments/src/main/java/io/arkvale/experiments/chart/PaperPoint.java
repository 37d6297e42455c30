package io.arkvale.experiments.chart;

/**
 * A value that the paper states, drawn beside ours.
 *
 * @param x its place, as in {@link Point}
 * @param y the value
 * @param bound whether the paper gives the value itself or a bound of it
 */
public record PaperPoint(double x, double y, Bound bound) {
    /** What the paper says of its value. */
    public enum Bound {
        EXACT("the paper's value"),
        ABOVE("the paper: above"),
        BELOW("the paper: below");

        private final String words;

        Bound(String words) {
            this.words = words;
        }

        /** The words of a key. */
        public String words() {
            return words;
        }
    }

    /** A value that the paper gives itself. */
    public static PaperPoint of(double x, double y) {
        return new PaperPoint(x, y, Bound.EXACT);
    }
}
