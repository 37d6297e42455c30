package io.arkvale.tornado;

import java.util.Arrays;

/** Scores of pages and the order that follows from them, both {@code [pages][headGroups]}, for several sequences. */
final class PageScores {
    final float[] values;

    /** How many of the pages between sink and window go before a page. */
    final int[] ranks;

    PageScores(int pages, int headGroups) {
        values = new float[Math.multiplyExact(pages, headGroups)];
        ranks = new int[values.length];
    }

    /**
     * Ranks scores that did not come from the device: higher score first, −0 as +0, NaN beyond −∞, ties to the lower page.
     *
     * @param at place of page 0
     * @param stride from one page to the next
     * @param from first page that is ranked
     * @param to end of those
     */
    void rank(int at, int stride, int from, int to) {
        var order = new long[to - from];
        Arrays.setAll(order, i -> (long) descending(values[at + (from + i) * stride]) << Integer.SIZE | (from + i));
        Arrays.sort(order);
        for (int rank = 0; rank < order.length; rank++) {
            ranks[at + (int) order[rank] * stride] = rank;
        }
    }

    /** An integer that grows as the score falls. */
    private static int descending(float score) {
        if (Float.isNaN(score)) {
            return Integer.MAX_VALUE;
        }
        int bits = Float.floatToIntBits(score + 0f);
        return ~(bits < 0 ? bits ^ Integer.MAX_VALUE : bits);
    }
}
