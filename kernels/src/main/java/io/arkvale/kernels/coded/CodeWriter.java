package io.arkvale.kernels.coded;

import io.arkvale.kernels.storage.Bfloat16;
import java.util.Arrays;

/**
 * Rounds a page's centres, then its extents, to codes. All scales come from the page itself, and what is stored depends on
 * the given numbers alone. One belongs to one thread at a time.
 */
public final class CodeWriter {
    private final CodedShape shape;
    private final int[] words;
    /** What the zero points read as. */
    private final float[] zeros;
    /** The zero points of a run, exact. */
    private final double[] middles = new double[CodedShape.RUN];

    /** A writer of records of a shape. */
    public CodeWriter(CodedShape shape) {
        this.shape = shape;
        words = new int[shape.words()];
        zeros = new float[shape.headDim()];
    }

    /** The record, complete after {@link #extents}, or after {@link #centres} if there are none. */
    public int[] words() {
        return words;
    }

    /**
     * Rounds the centres to the nearest of their steps, and begins a new record.
     *
     * @param centres {@code [parts][headDim]}; replaced by what they read as
     */
    public void centres(float[] centres) {
        Arrays.fill(words, 0);
        for (int run = 0; run < shape.runs(); run++) {
            int from = run * CodedShape.RUN;
            int until = Math.min(shape.headDim(), from + CodedShape.RUN);
            zeros(centres, run, from, until);
            if (shape.hasOffsets()) {
                offsets(centres, run, from, until);
            } else {
                System.arraycopy(zeros, from, centres, from, until - from);
            }
        }
    }

    /** The zero points lie midway between the parts' extreme centres. */
    private void zeros(float[] centres, int run, int from, int until) {
        double lowest = Double.POSITIVE_INFINITY;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < until; i++) {
            float least = centres[i];
            float most = least;
            for (int part = 1; part < shape.parts(); part++) {
                float centre = centres[part * shape.headDim() + i];
                least = Math.min(least, centre);
                most = Math.max(most, centre);
            }
            double middle = ((double) least + most) / 2;
            middles[i - from] = middle;
            lowest = Math.min(lowest, middle);
            highest = Math.max(highest, middle);
        }
        int most = CodedShape.most(shape.zeroBits());
        int low = Bfloat16.below(lowest);
        float zero = Bfloat16.widened(low);
        int half = Bfloat16.above((highest - zero) / most);
        float step = Bfloat16.widened(half);
        words[shape.zeroScale(run)] = low | half << 16;
        for (int i = from; i < until; i++) {
            int code = step == 0 ? 0 : nearest((middles[i - from] - zero) / step, most);
            while (code > 0 && !Float.isFinite(Math.fma(step, code, zero))) {
                code--;
            }
            zeros[i] = Math.fma(step, code, zero);
            put(shape.zeros(), i, shape.zeroBits(), code);
        }
    }

    /** Offsets are odd multiples of half a step, as many below zero as above. */
    private void offsets(float[] centres, int run, int from, int until) {
        double farthest = 0;
        for (int part = 0; part < shape.parts(); part++) {
            for (int i = from; i < until; i++) {
                farthest = Math.max(farthest, Math.abs((double) centres[part * shape.headDim() + i] - zeros[i]));
            }
        }
        int most = CodedShape.most(shape.centreBits());
        int half = Bfloat16.above(farthest / most);
        float halfStep = Bfloat16.widened(half);
        words[shape.partScale(run)] |= half;
        for (int part = 0; part < shape.parts(); part++) {
            for (int i = from; i < until; i++) {
                int at = part * shape.headDim() + i;
                double offset = (double) centres[at] - zeros[i];
                int code = halfStep == 0 ? 0 : nearest((offset / halfStep + most) / 2, most);
                int towardsZero = offset > 0 ? -1 : 1;
                while (code != (towardsZero > 0 ? most : 0)
                        && !Float.isFinite(centre(halfStep, code, most, zeros[i]))) {
                    code += towardsZero;
                }
                centres[at] = centre(halfStep, code, most, zeros[i]);
                put(shape.offsets(part), i, shape.centreBits(), code);
            }
        }
    }

    static float centre(float halfStep, int code, int most, float zero) {
        return Math.fma(halfStep, 2 * code - most, zero);
    }

    /**
     * Rounds the extents.
     *
     * @param extents {@code [parts][extents]}, at least 0; replaced by what they read as
     * @param up to the next step that is not below; else to the nearest
     */
    public void extents(float[] extents, boolean up) {
        int most = CodedShape.most(shape.extentBits());
        for (int from = 0; from < shape.extents(); from += CodedShape.RUN) {
            int until = Math.min(shape.extents(), from + CodedShape.RUN);
            float largest = 0;
            for (int part = 0; part < shape.parts(); part++) {
                for (int i = from; i < until; i++) {
                    largest = Math.max(largest, extents[part * shape.extents() + i]);
                }
            }
            int half = Bfloat16.above((double) largest / most);
            float step = Bfloat16.widened(half);
            words[shape.partScale(from / CodedShape.RUN)] |= half << 16;
            for (int part = 0; part < shape.parts(); part++) {
                for (int i = from; i < until; i++) {
                    int at = part * shape.extents() + i;
                    double steps = step == 0 ? 0 : (double) extents[at] / step;
                    int code = up ? (int) Math.clamp(Math.ceil(steps), 0, most) : nearest(steps, most);
                    while (code > 0 && !Float.isFinite(step * code)) {
                        code--;
                    }
                    extents[at] = step * code;
                    put(shape.extents(part), i, shape.extentBits(), code);
                }
            }
        }
    }

    private static int nearest(double steps, int most) {
        return (int) Math.clamp(Math.floor(steps + 0.5), 0, most);
    }

    private void put(int first, int index, int bits, int code) {
        int perWord = CodedShape.codesPerWord(bits);
        words[first + index / perWord] |= code << (index % perWord * bits);
    }
}
