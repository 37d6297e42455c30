package io.arkvale.llama;

import io.arkvale.kernels.RowKernels;
import java.util.Arrays;

/**
 * Rotary positions in HuggingFace's rotate-half convention: the pair {@code (x[i], x[i + headDim/2])} of a head turns by
 * {@code position · frequency[i]}. Frequencies and angles are rounded to float32 before cosine and sine, as there; a
 * model sees angles of tens of thousands of radians, where the rounding shows.
 *
 * <p>Any number of threads may rotate at once.
 */
public final class Rope {

    private final RowKernels kernels;
    private final int half;
    /** {@code [headDim / 2]}. */
    private final float[] frequencies;

    private volatile Tables tables = new Tables(0, new float[0], new float[0]);

    /** Cosines and sines of the first positions, {@code [positions][headDim / 2]}. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Tables(int positions, float[] cosines, float[] sines) {}

    Rope(RowKernels kernels, LlamaConfig config) {
        this(kernels, frequencies(config));
    }

    /**
     * The rotation of given frequencies.
     *
     * @param frequencies radians a position, {@code [headDim / 2]}
     */
    public Rope(RowKernels kernels, float[] frequencies) {
        this.kernels = kernels;
        this.frequencies = frequencies.clone();
        half = frequencies.length;
    }

    /** Radians by which each pair turns a position, {@code [headDim / 2]}. */
    public float[] frequencies() {
        return frequencies.clone();
    }

    private static float[] frequencies(LlamaConfig config) {
        int headDim = config.headDim();
        var frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / headDim;
            float frequency = 1f / (float) Math.pow(config.ropeTheta(), exponent);
            frequencies[i] = switch (config.ropeScaling()) {
                case RopeScaling.None() -> frequency;
                case RopeScaling.Llama3 scaling -> scaled(frequency, scaling);
            };
        }
        return frequencies;
    }

    private static float scaled(float frequency, RopeScaling.Llama3 scaling) {
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

    /** Turns one head, {@code headDim} numbers from {@code offset}, from position 0 to {@code position}, in place. */
    public void rotate(float[] vector, int offset, int position) {
        var ready = ready(position);
        kernels.rotateHalf(vector, offset, ready.cosines, ready.sines, position * half, half);
    }

    /** Undoes {@link #rotate}, to within rounding. */
    public void unrotate(float[] vector, int offset, int position) {
        var ready = ready(position);
        for (int i = 0; i < half; i++) {
            float cosine = ready.cosines[position * half + i];
            float sine = ready.sines[position * half + i];
            float first = vector[offset + i];
            float second = vector[offset + half + i];
            vector[offset + i] = first * cosine + second * sine;
            vector[offset + half + i] = second * cosine - first * sine;
        }
    }

    /** Turns {@code heads} heads that stand one after another. */
    void rotate(float[] vectors, int offset, int heads, int position) {
        for (int head = 0; head < heads; head++) {
            rotate(vectors, offset + head * 2 * half, position);
        }
    }

    private Tables ready(int position) {
        var ready = tables;
        return position < ready.positions ? ready : grow(position + 1);
    }

    /** Extends the tables to at least {@code positions}. */
    private synchronized Tables grow(int positions) {
        var old = tables;
        if (positions <= old.positions) {
            return old;
        }
        int size = Math.max(positions, Math.min(2 * old.positions, Integer.MAX_VALUE / half));
        var cosines = Arrays.copyOf(old.cosines, Math.multiplyExact(size, half));
        var sines = Arrays.copyOf(old.sines, size * half);
        for (int position = old.positions; position < size; position++) {
            for (int i = 0; i < half; i++) {
                float angle = position * frequencies[i];
                cosines[position * half + i] = (float) Math.cos(angle);
                sines[position * half + i] = (float) Math.sin(angle);
            }
        }
        var grown = new Tables(size, cosines, sines);
        tables = grown;
        return grown;
    }
}
