package io.arkvale.llama.rope;

import java.util.List;

/**
 * Radians per position for each pair of a head, with the roundings of transformers: everything is in float32 there, and at
 * angles of tens of thousands of radians that shows.
 */
final class RopeFrequencies {

    private RopeFrequencies() {}

    /**
     * The frequencies {@code [width / 2]} of sequences of at most {@code length} tokens.
     *
     * @param length decides between LongRoPE's two sets; the others do not depend on it
     */
    static float[] of(RopeSettings settings, int length) {
        return switch (settings.scaling()) {
            case RopeScaling.None() -> plain(settings);
            case RopeScaling.Dynamic _ -> plain(settings);
            case RopeScaling.Linear linear -> divided(plain(settings), linear.factor());
            case RopeScaling.Llama3 llama3 -> llama3(plain(settings), llama3);
            case RopeScaling.Yarn yarn -> yarn(settings, yarn);
            case RopeScaling.LongRope longRope ->
                stretched(
                        settings,
                        length > longRope.originalPositions() ? longRope.longFactors() : longRope.shortFactors());
        };
    }

    /** {@code theta^(2i / width)}, a pair's wavelength over 2π. */
    private static float period(RopeSettings settings, int pair) {
        float exponent = (float) (2 * pair) / settings.width();
        return (float) Math.pow(settings.theta(), exponent);
    }

    private static float[] plain(RopeSettings settings) {
        var frequencies = new float[settings.width() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1f / period(settings, i);
        }
        return frequencies;
    }

    private static float[] divided(float[] frequencies, float factor) {
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= factor;
        }
        return frequencies;
    }

    private static float[] stretched(RopeSettings settings, List<Float> factors) {
        var frequencies = new float[settings.width() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1f / (factors.get(i) * period(settings, i));
        }
        return frequencies;
    }

    private static float[] llama3(float[] frequencies, RopeScaling.Llama3 scaling) {
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = llama3(frequencies[i], scaling);
        }
        return frequencies;
    }

    private static float llama3(float frequency, RopeScaling.Llama3 scaling) {
        float wavelength = (float) (2 * Math.PI) / frequency;
        float longest = scaling.originalPositions() / scaling.lowFrequencyFactor();
        float shortest = scaling.originalPositions() / scaling.highFrequencyFactor();
        if (wavelength < shortest) {
            return frequency;
        }
        if (wavelength > longest) {
            return frequency / scaling.factor();
        }
        float smooth = (scaling.originalPositions() / wavelength - scaling.lowFrequencyFactor())
                / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
        return (1 - smooth) * frequency / scaling.factor() + smooth * frequency;
    }

    private static float[] yarn(RopeSettings settings, RopeScaling.Yarn scaling) {
        double low = pairThatTurns(settings, scaling, scaling.betaFast());
        double high = pairThatTurns(settings, scaling, scaling.betaSlow());
        if (scaling.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, settings.width() - 1);
        if (low == high) {
            high += 0.001; // No division by zero.
        }
        var frequencies = new float[settings.width() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float period = period(settings, i);
            float ramp = Math.clamp((i - (float) low) / (float) (high - low), 0f, 1f);
            float kept = 1 - ramp;
            frequencies[i] = 1f / ((float) scaling.factor() * period) * (1 - kept) + 1f / period * kept;
        }
        return frequencies;
    }

    /** The pair, a fraction, that turns so many times within the original length. */
    private static double pairThatTurns(RopeSettings settings, RopeScaling.Yarn scaling, double turns) {
        return settings.width()
                * Math.log(scaling.originalPositions() / (turns * 2 * Math.PI))
                / (2 * Math.log(settings.theta()));
    }
}
