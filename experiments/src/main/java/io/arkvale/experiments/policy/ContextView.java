package io.arkvale.experiments.policy;

/** What a policy sees of a prefilled context in one layer, as far as its abilities declare. */
public interface ContextView {
    /** Tokens of the context. */
    int tokens();

    /**
     * Tokens that a KV head may hold: its part as {@link TokenPolicy#share} divided them, or the setting's budget if the
     * policy does not declare {@link Ability#ALL_LAYERS}.
     */
    int budget(int kvHead);

    /**
     * Attention probabilities of the context's last token, one per token; not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#LAST_ROW} is not declared
     */
    float[] lastRow(int queryHead);

    /**
     * Attention probabilities of the context's last tokens, summed over them, one sum per token; not to be changed.
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
     * {@code window - 1} tokens later; one sum per token, not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#ALL_ROWS} is not declared
     */
    float[] attentionOfFollowing(int window, int queryHead);

    /**
     * Copies the key of a token as if it stood at another position; at position 0 it is the key before RoPE.
     *
     * @throws IllegalStateException if neither {@link Ability#POSITIONS} nor {@link Ability#KEYS} is declared
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

    /**
     * Copies the query of a token as if it stood at position 0, which is the query before RoPE.
     *
     * @throws IllegalStateException if {@link Ability#ALL_QUERIES} is not declared
     */
    void rawQuery(int queryHead, int token, float[] target);

    /** Turns a query or key from position 0 to another, as RoPE does, in place. */
    void turn(float[] vector, int position);

    /**
     * The largest attention probability that each token receives while the model reads the context a second time, chunk
     * by chunk; the largest over the KV head's query heads too. One per token, not to be changed.
     *
     * @throws IllegalStateException if {@link Ability#REPETITION} is not declared
     */
    float[] repetition(int kvHead);

    /**
     * What the answer to a passkey loses if this KV head sees only the first and the last tokens, and all others see
     * everything: nats per token of the answer, a mean over passkeys, measured once per model.
     *
     * @throws IllegalStateException if {@link Ability#HEAD_LOSSES} is not declared
     */
    double headLoss(int kvHead);
}
