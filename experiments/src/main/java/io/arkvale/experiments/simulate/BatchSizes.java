package io.arkvale.experiments.simulate;

import java.util.Locale;

/** Which batch sizes are tried when looking for the largest. */
public enum BatchSizes {
    /** Every size. */
    ANY,
    /** 1, 2, 4, 8 and so on, as is common in measurements. */
    POWERS_OF_TWO;

    /** As options spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The largest size of its kind, at most the given one; 0 if there is none. */
    int largest(int most) {
        return this == POWERS_OF_TWO ? Integer.highestOneBit(most) : most;
    }
}
