package io.arkvale.llama.weights;

/** In which form a model's matrices are kept. */
public enum WeightStorage {
    /** Small models {@link #WIDENED}, all others {@link #MAPPED}. */
    AUTOMATIC,
    /** As they are in the files, which stay mapped: nothing is copied. */
    MAPPED,
    /** As float32 in the heap, packed for products; fastest for models that the processor's caches hold. */
    WIDENED,
    /** Rounded to eight bits while loading, one scale per 1024 weights, in memory outside the heap. */
    EIGHT_BITS;

    /** A model that takes at most so many bytes as float32 is small. */
    private static final long SMALL = 64L << 20;

    WeightStorage forModelOf(long parameters) {
        if (this != AUTOMATIC) {
            return this;
        }
        return parameters <= SMALL / Float.BYTES ? WIDENED : MAPPED;
    }
}
