package io.arkvale.conformance.cases;

import io.arkvale.api.ElementType;
import io.arkvale.conformance.data.Elements;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Kinds of numbers that keys, values and queries are made of. */
public enum DataKind {
    /** Standard normal. */
    NORMAL,
    /** A few numbers hundreds of times larger than most. */
    HEAVY_TAILED,
    /** Every token alike: every score a tie. */
    CONSTANT,
    /** One element of each head is 1 or −1, the others are 0: many ties, and zeros of both signs. */
    ONE_HOT,
    /** Keys and values below the smallest normal number. */
    DENORMAL,
    /** Logits in the hundreds and thousands: their exponentials overflow. */
    HUGE,
    /** Tokens that differ only in the last bits: nearly tied scores. */
    NEARLY_TIED,
    /** Keys and values of the smallest rows and the largest, by turns: to be stored, not to be attended to. */
    EXTREME;

    /** Those that attention is defined for. */
    public static DataKind[] attended() {
        return Arrays.stream(values()).filter(kind -> kind != EXTREME).toArray(DataKind[]::new);
    }

    /** Whether the scores of different pages are, but for chance, further apart than rounding. */
    public boolean withoutTies() {
        return this == NORMAL || this == HEAVY_TAILED || this == HUGE;
    }

    /**
     * Fills one row.
     *
     * @param fresh numbers of this token's own
     * @param shared numbers that every token of this layer has in common
     */
    void fill(
            float[] row,
            int headDim,
            boolean query,
            ElementType type,
            SplittableRandom fresh,
            SplittableRandom shared) {
        switch (this) {
            case ONE_HOT -> {
                for (var head = 0; head < row.length; head += headDim) {
                    row[head + fresh.nextInt(headDim)] = fresh.nextBoolean() ? 1 : -1;
                }
            }
            case EXTREME -> {
                for (var head = 0; head < row.length; head += headDim) {
                    var largest = query ? 1 : extreme(type, fresh);
                    for (var i = head; i < head + headDim; i++) {
                        row[i] = Elements.round(type, (float) (largest * fresh.nextDouble(-1, 1)));
                    }
                    row[head + fresh.nextInt(headDim)] = (float) largest;
                }
            }
            default -> {
                for (var i = 0; i < row.length; i++) {
                    row[i] = Elements.round(type, (float) number(query, type, fresh, shared));
                }
            }
        }
    }

    /** The largest number of the type, or a few of the smallest steps: a scale for the row may overflow or underflow. */
    private static double extreme(ElementType type, SplittableRandom random) {
        return random.nextBoolean() ? type.largest() : Elements.smallestSubnormal(type) * (1 << random.nextInt(15));
    }

    private double number(boolean query, ElementType type, SplittableRandom fresh, SplittableRandom shared) {
        return switch (this) {
            case NORMAL, ONE_HOT, EXTREME -> normal(fresh);
            case HEAVY_TAILED -> normal(fresh) * Math.exp(1.5 * normal(fresh));
            case CONSTANT -> normal(query ? fresh : shared);
            case DENORMAL -> query ? normal(fresh) : normal(fresh) * Elements.smallestSubnormal(type) * 64;
            case HUGE -> normal(fresh) * 30;
            case NEARLY_TIED ->
                query ? normal(fresh) : normal(shared) * (1 + type.unitRoundoff() * 2 * fresh.nextInt(-2, 3));
        };
    }

    /** Close enough to a standard normal number, and cheap: the sum of four uniform ones. */
    private static double normal(SplittableRandom random) {
        var sum = -2.0;
        for (var i = 0; i < 4; i++) {
            sum += random.nextDouble();
        }
        return sum * Math.sqrt(3);
    }
}
