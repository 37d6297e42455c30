package io.arkvale.experiments.result;

import io.arkvale.experiments.result.Interval.Estimate;

/** What a paired difference of scores allows to be said. The criteria stand here and nowhere else. */
public enum Verdict {
    /** Fewer than {@link #LEAST_SAMPLES} pairs: nothing is said. */
    TOO_FEW("too few samples"),
    /** The whole interval lies above 0. */
    BETTER("better"),
    /** The whole interval lies below 0. */
    WORSE("worse"),
    /** The whole interval lies within {@link #EQUAL_WITHIN} of 0. */
    EQUAL("equal within 5 points"),
    /** The interval reaches 0 and further: which one is better is not known, and equality is not shown. */
    NOT_DIFFERENT("not significantly different");

    /** Pairs below which nothing is said. */
    public static final int LEAST_SAMPLES = 20;

    /** A difference of scores that counts as none. */
    public static final double EQUAL_WITHIN = 0.05;

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** In words, as tables print it. */
    public String words() {
        return words;
    }

    /** The verdict on a difference. */
    public static Verdict of(Estimate difference, int samples) {
        var interval = difference.interval();
        if (samples < LEAST_SAMPLES) {
            return TOO_FEW;
        }
        if (interval.low() >= -EQUAL_WITHIN && interval.high() <= EQUAL_WITHIN) {
            return EQUAL;
        }
        if (interval.low() > 0) {
            return BETTER;
        }
        return interval.high() < 0 ? WORSE : NOT_DIFFERENT;
    }
}
