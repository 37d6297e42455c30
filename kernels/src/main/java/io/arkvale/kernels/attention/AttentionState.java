package io.arkvale.kernels.attention;

import java.util.Arrays;

/**
 * What attention has gathered so far for the query heads of one KV head (online softmax, Milakov and Gimelshein 2018):
 * per query head the largest score, the sum of the exponentials relative to it, and the values weighted by them, all in
 * float32. No rescaling can overflow, however far apart the scores are.
 *
 * <p>The result depends on the order of the tokens and on where they are split into states, so fixed splits give the
 * same bits whatever the batch and the number of threads.
 */
public final class AttentionState {
    /** Scores are kept in units of log2, which turns every exponential into a power of two. */
    private static final double LOG2_E = 1 / Math.log(2);

    final int queryHeads;
    final int headDim;
    /** Elements from one query head's row to the next; those beyond {@code headDim} stay 0. */
    final int stride;
    /** {@code [queryHeads][stride]}, scaled into units of log2. */
    final float[] queries;
    /** {@code [queryHeads]}: the largest score. */
    final float[] largest;
    /** {@code [queryHeads]}: the sum of {@code 2^(score - largest)}. */
    final float[] sum;
    /** {@code [queryHeads][stride]}: the values, each times its {@code 2^(score - largest)}. */
    final float[] weighted;

    AttentionState(int queryHeads, int headDim, int stride) {
        this.queryHeads = queryHeads;
        this.headDim = headDim;
        this.stride = stride;
        int elements = Math.multiplyExact(queryHeads, stride);
        queries = new float[elements];
        largest = new float[queryHeads];
        sum = new float[queryHeads];
        weighted = new float[elements];
    }

    /**
     * Forgets everything and takes new queries.
     *
     * @param queries float32 {@code [queryHeads][headDim]} from index {@code at}, copied
     * @param scale factor of every score, usually {@code 1 / sqrt(headDim)}
     */
    public void begin(float[] queries, int at, double scale) {
        float factor = (float) (scale * LOG2_E);
        for (int head = 0; head < queryHeads; head++) {
            for (int i = 0; i < headDim; i++) {
                this.queries[head * stride + i] = queries[at + head * headDim + i] * factor;
            }
        }
        Arrays.fill(largest, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0);
        Arrays.fill(weighted, 0);
    }

    /** Adds what {@code other}, a state of the same shape and queries, has gathered; {@code other} stays as it is. */
    public void merge(AttentionState other) {
        if (other.queryHeads != queryHeads || other.headDim != headDim || other.stride != stride) {
            throw new IllegalArgumentException("a state of %d x %d cannot take one of %d x %d"
                    .formatted(queryHeads, headDim, other.queryHeads, other.headDim));
        }
        for (int head = 0; head < queryHeads; head++) {
            if (other.sum[head] == 0) {
                continue;
            }
            float top = Math.max(largest[head], other.largest[head]);
            float mine = powerOfTwo(largest[head] - top);
            float theirs = powerOfTwo(other.largest[head] - top);
            largest[head] = top;
            sum[head] = sum[head] * mine + other.sum[head] * theirs;
            for (int i = head * stride; i < head * stride + headDim; i++) {
                weighted[i] = weighted[i] * mine + other.weighted[i] * theirs;
            }
        }
    }

    /**
     * Writes the attention's output, float32 {@code [queryHeads][headDim]}, to {@code out} from index {@code at}; the
     * state stays as it is.
     *
     * @throws IllegalStateException if no token was attended
     */
    public void finish(float[] out, int at) {
        for (int head = 0; head < queryHeads; head++) {
            float total = sum[head];
            if (total == 0) {
                throw new IllegalStateException("attention over no token has no value");
            }
            for (int i = 0; i < headDim; i++) {
                out[at + head * headDim + i] = weighted[head * stride + i] / total;
            }
        }
    }

    /** Makes what a head has gathered relative to {@code score}, its new largest. */
    void raise(int head, float score) {
        float factor = powerOfTwo(largest[head] - score);
        largest[head] = score;
        sum[head] *= factor;
        for (int i = head * stride; i < head * stride + headDim; i++) {
            weighted[i] *= factor;
        }
    }

    /** {@code 2^x}, rounded once; 0 for negative infinity. */
    static float powerOfTwo(float x) {
        return x == 0 ? 1 : (float) Math.exp(x / LOG2_E);
    }
}
