package io.arkvale.experiments.policy.page;

import jdk.incubator.vector.FloatVector;

/** Dot products whose sums do not depend on the machine's vectors. */
public final class DotProduct {
    private DotProduct() {}

    /** Of all of {@code a} and as many numbers of {@code b} from {@code at} on, in four chains of additions. */
    public static float of(float[] a, float[] b, int at) {
        var chains = FloatVector.zero(FloatVector.SPECIES_128);
        int i = 0;
        for (; i <= a.length - 4; i += 4) {
            chains = FloatVector.fromArray(FloatVector.SPECIES_128, a, i)
                    .fma(FloatVector.fromArray(FloatVector.SPECIES_128, b, at + i), chains);
        }
        var first = chains.lane(0);
        for (; i < a.length; i++) {
            first = Math.fma(a[i], b[at + i], first);
        }
        return first + chains.lane(1) + (chains.lane(2) + chains.lane(3));
    }
}
