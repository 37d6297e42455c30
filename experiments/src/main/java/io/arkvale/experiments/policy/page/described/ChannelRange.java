package io.arkvale.experiments.policy.page.described;

import java.util.Arrays;

/** The smallest and the largest number of each channel so far. */
final class ChannelRange {
    private final float[] least;
    private final float[] most;

    ChannelRange(int channels) {
        least = new float[channels];
        most = new float[channels];
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
    }

    /** Takes in one or several vectors of all channels. */
    void add(float[] vectors) {
        for (int at = 0; at < vectors.length; at++) {
            var i = at % least.length;
            least[i] = Math.min(least[i], vectors[at]);
            most[i] = Math.max(most[i], vectors[at]);
        }
    }

    float[] least() {
        return least.clone();
    }

    float[] most() {
        return most.clone();
    }
}
