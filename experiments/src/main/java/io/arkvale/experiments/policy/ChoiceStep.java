package io.arkvale.experiments.policy;

/** What a policy sees when it chooses, as far as its abilities declare. */
public interface ChoiceStep {
    /** Position of the new token in the text; it is on the device. */
    int position();

    /** Whether a token is on the device. */
    boolean holds(int kvHead, int token);

    /**
     * The new token's query, after RoPE; not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#QUERIES} is not declared
     */
    float[] query(int queryHead);

    /**
     * Copies the key of a token, after RoPE.
     *
     * @throws IllegalStateException if {@link Ability#KEYS} is not declared
     */
    void key(int kvHead, int token, float[] target);

    /**
     * The new token's query as if it stood at another position.
     *
     * @throws IllegalStateException if {@link Ability#POSITIONS} is not declared
     */
    float[] queryAt(int queryHead, int position);

    /**
     * Copies the key of a token as if it stood at another position.
     *
     * @throws IllegalStateException if {@link Ability#POSITIONS} is not declared
     */
    void keyAt(int kvHead, int token, int position, float[] target);

    /**
     * Copies the value of a token.
     *
     * @throws IllegalStateException if {@link Ability#VALUES} is not declared
     */
    void value(int kvHead, int token, float[] target);

    /**
     * Dot products, not scaled, of some elements of the new token's query with those of every key of the text.
     *
     * @param elements indices into the head's elements
     * @throws IllegalStateException if {@link Ability#KEYS} is not declared
     */
    float[] partialScores(int queryHead, int[] elements);

    /**
     * Brings tokens back to the device that the choice has to look at; those that take part come back by themselves.
     *
     * @throws IllegalStateException if one is not on the device and {@link Ability#RECALLS} is not declared
     */
    void bringBack(int kvHead, int[] tokens);

    /** Counts bytes of keys or of the policy's own summaries that it reads to choose; the other methods count theirs. */
    void scored(long bytes);

    /**
     * Scaled dot products of the new token's query with every key of the text, one per token; not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#EXACT_SCORES} is not declared
     */
    float[] exactScores(int queryHead);
}
