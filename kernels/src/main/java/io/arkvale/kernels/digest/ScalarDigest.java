package io.arkvale.kernels.digest;

import io.arkvale.kernels.primitive.ScalarMath;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.FormatCodec;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Statistics of a page, number by number. */
final class ScalarDigest implements DigestKernel {
    private final FormatCodec codec;
    private final int headDim;
    private final int pageSize;
    /** {@code [tokens][headDim]}. */
    private final float[] keys;

    private int tokens;

    ScalarDigest(FormatCodec codec, int headDim, int pageSize) {
        this.codec = codec;
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.pageSize = Shapes.atLeastOne("pageSize", pageSize);
        keys = new float[Math.multiplyExact(headDim, pageSize)];
    }

    @Override
    public void load(MemorySegment keys, long offset, int tokens) {
        this.tokens = Shapes.between("tokens", tokens, 1, pageSize);
        codec.decode(keys, offset, this.keys, 0, tokens * headDim);
    }

    @Override
    public void bounds(float[] minimum, float[] maximum) {
        Arrays.fill(minimum, 0, headDim, Float.POSITIVE_INFINITY);
        Arrays.fill(maximum, 0, headDim, Float.NEGATIVE_INFINITY);
        for (int token = 0; token < tokens; token++) {
            for (int i = 0; i < headDim; i++) {
                float number = keys[token * headDim + i];
                minimum[i] = Math.min(minimum[i], number);
                maximum[i] = Math.max(maximum[i], number);
            }
        }
    }

    @Override
    public void mean(float[] mean) {
        Arrays.fill(mean, 0, headDim, 0);
        for (int token = 0; token < tokens; token++) {
            for (int i = 0; i < headDim; i++) {
                mean[i] += keys[token * headDim + i] / tokens;
            }
        }
    }

    @Override
    public void deviations(float[] centre, float[] smallest, float[] largest, float[] mean) {
        Arrays.fill(smallest, 0, headDim, Float.POSITIVE_INFINITY);
        Arrays.fill(largest, 0, headDim, 0);
        Arrays.fill(mean, 0, headDim, 0);
        for (int token = 0; token < tokens; token++) {
            for (int i = 0; i < headDim; i++) {
                float deviation = Math.abs(keys[token * headDim + i] - centre[i]);
                smallest[i] = Math.min(smallest[i], deviation);
                largest[i] = Math.max(largest[i], deviation);
                mean[i] += deviation / tokens;
            }
        }
    }

    @Override
    public void distances(float[] centre, float[] norms) {
        for (int token = 0; token < tokens; token++) {
            norms[token] = ScalarMath.distance(keys, token * headDim, centre, headDim);
        }
    }

    @Override
    public void pairDeviations(float[] centre, float[] smallest, float[] largest, float[] mean) {
        pairDeviations(keys, headDim, headDim, tokens, centre, smallest, largest, mean);
    }

    /** In float64, in which squares of float32 neither overflow nor vanish. */
    static void pairDeviations(
            float[] keys,
            int stride,
            int headDim,
            int tokens,
            float[] centre,
            float[] smallest,
            float[] largest,
            float[] mean) {
        int half = headDim / 2;
        Arrays.fill(smallest, 0, half, Float.POSITIVE_INFINITY);
        Arrays.fill(largest, 0, half, 0);
        Arrays.fill(mean, 0, half, 0);
        for (int token = 0; token < tokens; token++) {
            for (int i = 0; i < half; i++) {
                double first = (double) keys[token * stride + i] - centre[i];
                double second = (double) keys[token * stride + half + i] - centre[half + i];
                float distance = (float) Math.sqrt(first * first + second * second);
                smallest[i] = Math.min(smallest[i], distance);
                largest[i] = Math.max(largest[i], distance);
                mean[i] += distance / tokens;
            }
        }
    }
}
