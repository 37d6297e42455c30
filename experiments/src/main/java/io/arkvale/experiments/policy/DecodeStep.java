package io.arkvale.experiments.policy;

/** What a policy sees of one decode step in one layer, as far as its abilities declare, and where it evicts. */
public interface DecodeStep {
    /** Position of the new token in the text; it is held and has attended. */
    int position();

    /** Tokens that a KV head holds. */
    int held(int kvHead);

    /** The token in a slot of a KV head, from 0 to {@code held - 1}; slots are in no particular order. */
    int token(int kvHead, int slot);

    /** Whether a KV head holds a token. */
    boolean holds(int kvHead, int token);

    /**
     * Attention probabilities of the new token, one per slot of the query head's KV head; not to be changed, and valid
     * until the first eviction of the step in that KV head.
     *
     * @throws IllegalStateException if {@link Ability#PROBABILITIES} is not declared
     */
    float[] probabilities(int queryHead);

    /**
     * Copies the key of a held token, after RoPE.
     *
     * @throws IllegalStateException if {@link Ability#KEYS} is not declared
     */
    void key(int kvHead, int token, float[] target);

    /**
     * Counts bytes that the policy reads and writes to decide what it evicts: keys, and sums of its own. The
     * probabilities that {@link #probabilities} gives are counted by the engine.
     */
    void scored(long bytes);

    /**
     * The bytes of the new token.
     *
     * @throws IllegalStateException if {@link Ability#TEXT} is not declared
     */
    byte[] text();

    /**
     * Drops a held token of a KV head.
     *
     * @throws IllegalArgumentException if it is not held
     */
    void evict(int kvHead, int token);
}
