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
     * Scaled dot products of the new token's query with every key of the text, one a token; not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#EXACT_SCORES} is not declared
     */
    float[] exactScores(int queryHead);
}
