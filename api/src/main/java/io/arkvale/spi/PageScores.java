package io.arkvale.spi;

import java.util.Arrays;

/**
 * Scores of pages, {@code [pages of all sequences][headGroups]}, that {@link PageDevice#score} writes. The arrays only
 * grow; what lies beyond the pages at hand is left from before.
 */
public final class PageScores {
    private float[] values = new float[0];
    private float[] order = new float[0];
    private boolean ordered;

    /** Without room. */
    public PageScores() {}

    /** Makes room for so many numbers. */
    public void reserve(int elements) {
        if (values.length < elements) {
            values = Arrays.copyOf(values, elements);
        }
        ordered = false;
    }

    /** The scores. */
    public float[] values() {
        return values;
    }

    /**
     * Numbers of the same order as the scores, for a device that ranks pages itself: those of the pages from
     * {@link Scoring#rankedFrom} to {@link Scoring#rankedTo} must be written, higher for the page that goes first.
     */
    public float[] writeOrder() {
        if (order.length < values.length) {
            order = new float[values.length];
        }
        ordered = true;
        return order;
    }

    /** What pages are selected by: the device's order if it has written one, else the scores. */
    public float[] order() {
        return ordered ? order : values;
    }
}
