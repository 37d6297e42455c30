package io.arkvale.experiments.policy.page;

import jdk.incubator.vector.FloatVector;

/** Dot products whose sums do not depend on the machine's vectors, nor on how many are computed at once. */
public final class DotProduct {
    /** Rows whose additions do not wait for each other's. */
    private static final int AT_ONCE = 4;

    private DotProduct() {}

    /** Of all of {@code a} and as many numbers of {@code b} from {@code at} on, in four chains of additions. */
    public static float of(float[] a, float[] b, int at) {
        var chains = FloatVector.zero(FloatVector.SPECIES_128);
        int i = 0;
        for (; i <= a.length - 4; i += 4) {
            chains = FloatVector.fromArray(FloatVector.SPECIES_128, a, i)
                    .fma(FloatVector.fromArray(FloatVector.SPECIES_128, b, at + i), chains);
        }
        return sum(chains, a, b, at, i);
    }

    /** Adds to each of {@code sums} the product of {@code a} with a row of {@code rows}, one row after another. */
    public static void addRows(float[] a, float[] rows, float[] sums) {
        int row = 0;
        for (; row <= sums.length - AT_ONCE; row += AT_ONCE) {
            addFour(a, rows, sums, row);
        }
        for (; row < sums.length; row++) {
            sums[row] += of(a, rows, row * a.length);
        }
    }

    private static void addFour(float[] a, float[] rows, float[] sums, int row) {
        int at0 = row * a.length;
        int at1 = at0 + a.length;
        int at2 = at1 + a.length;
        int at3 = at2 + a.length;
        var chains0 = FloatVector.zero(FloatVector.SPECIES_128);
        var chains1 = chains0;
        var chains2 = chains0;
        var chains3 = chains0;
        int i = 0;
        for (; i <= a.length - 4; i += 4) {
            var own = FloatVector.fromArray(FloatVector.SPECIES_128, a, i);
            chains0 = own.fma(FloatVector.fromArray(FloatVector.SPECIES_128, rows, at0 + i), chains0);
            chains1 = own.fma(FloatVector.fromArray(FloatVector.SPECIES_128, rows, at1 + i), chains1);
            chains2 = own.fma(FloatVector.fromArray(FloatVector.SPECIES_128, rows, at2 + i), chains2);
            chains3 = own.fma(FloatVector.fromArray(FloatVector.SPECIES_128, rows, at3 + i), chains3);
        }
        sums[row] += sum(chains0, a, rows, at0, i);
        sums[row + 1] += sum(chains1, a, rows, at1, i);
        sums[row + 2] += sum(chains2, a, rows, at2, i);
        sums[row + 3] += sum(chains3, a, rows, at3, i);
    }

    /** The chains' sum, with the products from {@code i} on, which fill no vector. */
    private static float sum(FloatVector chains, float[] a, float[] b, int at, int i) {
        var first = chains.lane(0);
        for (; i < a.length; i++) {
            first = Math.fma(a[i], b[at + i], first);
        }
        return first + chains.lane(1) + (chains.lane(2) + chains.lane(3));
    }
}
