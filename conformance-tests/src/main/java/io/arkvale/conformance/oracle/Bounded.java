package io.arkvale.conformance.oracle;

/** Exact numbers, each with how far from it a backend's may lie. */
public final class Bounded {
    private final double[] exact;
    private final double[] bound;

    private Bounded(double[] exact, double[] bound) {
        this.exact = exact;
        this.bound = bound;
    }

    /** The given number of zeros with bound 0, to be filled in. */
    public static Bounded zeros(int size) {
        return new Bounded(new double[size], new double[size]);
    }

    /** The values in float64. */
    public double[] exact() {
        return exact;
    }

    /** Whether all of a backend's numbers lie within the bounds. */
    public boolean contains(float[] numbers) {
        for (var i = 0; i < exact.length; i++) {
            if (!(Math.abs(numbers[i] - exact[i]) <= bound[i])) {
                return false;
            }
        }
        return numbers.length == exact.length;
    }

    /** The largest absolute error allowed, one per value. */
    public double[] bound() {
        return bound;
    }
}
