package io.arkvale.llama.config;

/**
 * Where a model's RMSNorms stand and how they compute.
 *
 * @param epsilon what is added to the mean square
 * @param plusOne whether the stored weights lack one, as Gemma's do
 * @param before whether attention and feed-forward read normed rows
 * @param after whether what attention and feed-forward add is normed first
 * @param heads the norms of queries and keys, before they are rotated
 */
public record Norms(float epsilon, boolean plusOne, boolean before, boolean after, Heads heads) {

    /** What one norm of queries or keys spans. */
    public enum Heads {
        /** There is none. */
        NONE,
        /** Each head alone; all heads of a layer share the weights. */
        EACH,
        /** All heads of a token together. */
        TOGETHER
    }

    /** Llama's: before attention and feed-forward, nowhere else. */
    public static Norms before(float epsilon) {
        return new Norms(epsilon, false, true, false, Heads.NONE);
    }
}
