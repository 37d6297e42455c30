package io.arkvale.kernels.digest;

import io.arkvale.kernels.storage.FormatCodec;
import java.lang.foreign.MemorySegment;

/**
 * The statistics of one page's keys from which the seven digests are made (section 5.2 of the paper), in float32. Vectors
 * have length headDim and are written from index 0.
 */
public interface DigestKernel {
    /** Number by number; keys are read by {@code codec}. */
    static DigestKernel scalar(FormatCodec codec, int headDim, int pageSize) {
        return new ScalarDigest(codec, headDim, pageSize);
    }

    /** In the machine's vectors; keys are read by {@code codec}. */
    static DigestKernel vector(FormatCodec codec, int headDim, int pageSize) {
        return new VectorDigest(codec, headDim, pageSize);
    }

    /**
     * Takes the keys of a page; every other method speaks of these. They are copied.
     *
     * @param keys stored {@code [tokens][headDim]} from byte {@code offset}
     * @param tokens from 1 to the page size
     */
    void load(MemorySegment keys, long offset, int tokens);

    /** The page's axis-aligned box: each column's smallest and largest number, exactly. */
    void bounds(float[] minimum, float[] maximum);

    /** The mean of the keys. */
    void mean(float[] mean);

    /** Smallest, largest and mean of {@code |k - centre|}, column by column. */
    void deviations(float[] centre, float[] smallest, float[] largest, float[] mean);

    /** The L2 norm of {@code k - centre} for each token, to indices 0 to tokens - 1. Overflows only if the norm does. */
    void distances(float[] centre, float[] norms);

    /**
     * Smallest, largest and mean distance of {@code k} from {@code centre} in the plane of each pair of columns {@code (i,
     * i + headDim/2)}, {@code headDim} even; {@code headDim/2} numbers each. Overflow is infinite.
     */
    void pairDeviations(float[] centre, float[] smallest, float[] largest, float[] mean);
}
