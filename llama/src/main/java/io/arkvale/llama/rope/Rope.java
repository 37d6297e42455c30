package io.arkvale.llama.rope;

import io.arkvale.kernels.row.RowKernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions in HuggingFace's rotate-half convention: the pair {@code (x[i], x[i + width/2])} of a head turns by
 * {@code position · frequency[i]}; numbers of the head from {@code width} on stay. Frequencies and angles are rounded to
 * float32 before cosine and sine, as there; a model sees angles of tens of thousands of radians, where the rounding shows.
 *
 * <p>YaRN and LongRoPE also multiply what is turned by a factor, which {@link #unrotate} divides by again.
 *
 * <p>Any number of threads may rotate at once.
 */
public final class Rope {

    private final RowKernels kernels;
    private final int half;
    /** {@code [width / 2]}. */
    private final float[] frequencies;

    private final float factor;
    private final @Nullable String refusal;

    private volatile Tables tables = new Tables(0, new float[0], new float[0]);

    /** Cosines and sines of the first positions times the factor, {@code [positions][width / 2]}. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Tables(int positions, float[] cosines, float[] sines) {}

    private Rope(RowKernels kernels, float[] frequencies, float factor, @Nullable String refusal) {
        this.kernels = kernels;
        this.frequencies = frequencies;
        this.factor = factor;
        this.refusal = refusal;
        half = frequencies.length;
    }

    /**
     * The rotation of given frequencies.
     *
     * @param frequencies radians per position, {@code [width / 2]}
     */
    public Rope(RowKernels kernels, float[] frequencies) {
        this(kernels, frequencies.clone(), 1f, null);
    }

    /** The rotation that a model's configuration describes, for sequences of at most {@code length} tokens. */
    static Rope of(RowKernels kernels, RopeSettings settings, int length) {
        double factor = switch (settings.scaling()) {
            case RopeScaling.Yarn yarn -> yarn.attentionFactor();
            case RopeScaling.LongRope longRope -> longRope.attentionFactor();
            default -> 1;
        };
        return new Rope(kernels, RopeFrequencies.of(settings, length), (float) factor, null);
    }

    /** Stands in for the one rotation of a model that has several: using it throws this sentence. */
    static Rope refusing(RowKernels kernels, String why) {
        return new Rope(kernels, new float[0], 1f, why);
    }

    /** Radians by which each pair turns per position, {@code [width / 2]}. */
    public float[] frequencies() {
        requireOne();
        return frequencies.clone();
    }

    /** Pairs of a head that turn. */
    public int pairs() {
        requireOne();
        return half;
    }

    /** What turned numbers are multiplied by; 1 but for YaRN and LongRoPE. */
    public float factor() {
        requireOne();
        return factor;
    }

    /** Turns one head, from {@code offset} on, from position 0 to {@code position}, in place. */
    public void rotate(float[] vector, int offset, int position) {
        var ready = ready(position);
        kernels.rotateHalf(vector, offset, ready.cosines, ready.sines, position * half, half);
    }

    /** Undoes {@link #rotate}, to within rounding. */
    public void unrotate(float[] vector, int offset, int position) {
        var ready = ready(position);
        // The tables have the factor already; the inverse of f·R is Rᵀ/f.
        float inverse = 1 / (factor * factor);
        for (int i = 0; i < half; i++) {
            float cosine = ready.cosines[position * half + i] * inverse;
            float sine = ready.sines[position * half + i] * inverse;
            float first = vector[offset + i];
            float second = vector[offset + half + i];
            vector[offset + i] = first * cosine + second * sine;
            vector[offset + half + i] = second * cosine - first * sine;
        }
    }

    /** Turns {@code heads} heads of {@code headDim} numbers that stand one after another. */
    public void rotate(float[] vectors, int offset, int heads, int headDim, int position) {
        var ready = ready(position);
        for (int head = 0; head < heads; head++) {
            kernels.rotateHalf(vectors, offset + head * headDim, ready.cosines, ready.sines, position * half, half);
        }
    }

    private void requireOne() {
        if (refusal != null) {
            throw new UnsupportedOperationException(refusal);
        }
    }

    private Tables ready(int position) {
        requireOne();
        var ready = tables;
        return position < ready.positions || half == 0 ? ready : grow(position + 1);
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
                cosines[position * half + i] = (float) Math.cos(angle) * factor;
                sines[position * half + i] = (float) Math.sin(angle) * factor;
            }
        }
        var grown = new Tables(size, cosines, sines);
        tables = grown;
        return grown;
    }
}
