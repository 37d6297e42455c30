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

    /** Whether a backend's numbers are as many as these, and all of them lie within the bounds. */
    public boolean contains(float[] numbers) {
        return numbers.length == exact.length && contains(numbers, 0, 0, numbers.length);
    }

    /** Whether {@code count} of a backend's numbers, from {@code from} on, lie within the bounds from {@code first} on. */
    public boolean contains(float[] numbers, int from, int first, int count) {
        for (var i = 0; i < count; i++) {
            // Written so that a NaN does not.
            if (!(Math.abs(numbers[from + i] - exact[first + i]) <= bound[first + i])) {
                return false;
            }
        }
        return true;
    }

    /** The largest absolute error allowed, one per value. */
    public double[] bound() {
        return bound;
    }
}
