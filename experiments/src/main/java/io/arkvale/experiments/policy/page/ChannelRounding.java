package io.arkvale.experiments.policy.page;

import java.util.List;

/**
 * Keeps vectors in few bits per element. Each channel has equal steps over the range that the first vectors have in it,
 * so the steps cost memory once per sequence and none per vector; what comes later and lies outside is moved to the border.
 */
final class ChannelRounding {
    private final int levels;
    private final float[] least;
    private final float[] step;

    /** Steps of {@code 2^bits} levels over the range of the given vectors. */
    ChannelRounding(int bits, List<float[]> vectors) {
        levels = (1 << bits) - 1;
        least = vectors.getFirst().clone();
        var most = least.clone();
        for (var vector : vectors) {
            for (int i = 0; i < least.length; i++) {
                least[i] = Math.min(least[i], vector[i]);
                most[i] = Math.max(most[i], vector[i]);
            }
        }
        step = new float[least.length];
        for (int i = 0; i < step.length; i++) {
            step[i] = (most[i] - least[i]) / levels;
        }
    }

    /** Replaces a vector by what its bits say. */
    void round(float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            var level = step[i] == 0 ? 0 : Math.clamp(Math.round((vector[i] - least[i]) / step[i]), 0, levels);
            vector[i] = Math.fma(step[i], level, least[i]);
        }
    }
}
