package io.arkvale.experiments.policy;

/** What a policy sees of a prefilled context in one layer, as far as its abilities declare. */
public interface ContextView {
    /** Tokens of the context. */
    int tokens();

    /**
     * Attention probabilities of the context's last token, one a token; not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#LAST_ROW} is not declared
     */
    float[] lastRow(int queryHead);

    /**
     * Attention probabilities of the context's last tokens, summed over them, one sum a token; not to be changed.
     *
     * @param window how many last tokens, at most 256
     * @throws IllegalStateException if {@link Ability#PREFILL_SCORES} is not declared
     */
    float[] attentionOfLast(int window, int queryHead);

    /**
     * Copies the key of a token, after RoPE.
     *
     * @throws IllegalStateException if {@link Ability#KEYS} is not declared
     */
    void key(int kvHead, int token, float[] target);

    /**
     * Attention probabilities that each token gets from the tokens after it and from itself, summed over those at most
     * {@code window - 1} tokens later; one sum a token, not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#ALL_ROWS} is not declared
     */
    float[] attentionOfFollowing(int window, int queryHead);

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
     * The bytes of a token.
     *
     * @throws IllegalStateException if {@link Ability#TEXT} is not declared
     */
    byte[] text(int token);

    /**
     * The last queries of the context, after RoPE.
     *
     * @throws IllegalStateException if {@link Ability#QUERIES} is not declared
     */
    float[] lastQuery(int queryHead);
}
