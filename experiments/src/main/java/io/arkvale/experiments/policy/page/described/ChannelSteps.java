package io.arkvale.experiments.policy.page.described;

/** Equal steps per channel between two ends. */
final class ChannelSteps {
    /** What stays where it is when the steps are widened. */
    enum Anchor {
        LEAST,
        MIDDLE
    }

    private final int levels;
    private final Anchor anchor;
    private final float[] least;
    private final float[] step;

    /** Steps of {@code 2^bits} levels over a range. */
    ChannelSteps(int bits, ChannelRange range, Anchor anchor) {
        levels = (1 << bits) - 1;
        this.anchor = anchor;
        least = range.least();
        step = range.most();
        for (int i = 0; i < step.length; i++) {
            step[i] = (step[i] - least[i]) / levels;
        }
    }

    /** The upper end of a channel's steps {@code wider} times as wide. */
    float most(int channel, int wider) {
        return Math.fma(step[channel] * wider, levels, low(channel, wider));
    }

    /** Whether a channel's number lies between the ends of steps {@code wider} times as wide. */
    boolean holds(float number, int channel, int wider) {
        return low(channel, wider) <= number && number <= most(channel, wider);
    }

    /**
     * What a channel's number reads as in steps {@code wider} times as wide.
     *
     * @param up to the next step that is not below; else to the nearest
     */
    float rounded(float number, int channel, int wider, boolean up) {
        var wide = step[channel] * wider;
        var low = low(channel, wider);
        var steps = wide == 0 ? 0 : (number - low) / wide;
        return Math.fma(wide, Math.clamp((float) (up ? Math.ceil(steps) : Math.rint(steps)), 0f, levels), low);
    }

    private float low(int channel, int wider) {
        return switch (anchor) {
            case LEAST -> least[channel];
            case MIDDLE -> least[channel] - step[channel] * levels / 2 * (wider - 1);
        };
    }
}
