package io.arkvale.llama;

import io.arkvale.llama.attention.DecodeAttention;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Greedy continuation of one sequence. */
public final class Generation {

    private final Decoder decoder;
    private final DecodeAttention attention;

    /** Continues the one sequence of {@code attention} with {@code model}. */
    public Generation(Llama model, DecodeAttention attention) {
        decoder = model.decoder(1);
        this.attention = attention;
    }

    /**
     * Reads given tokens one by one, as decode steps.
     *
     * @param position of the first
     * @return the logits after the last
     */
    public float[] feed(int[] tokens, int position) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("there must be a token to read");
        }
        float[] logits = {};
        for (int i = 0; i < tokens.length; i++) {
            logits = decoder.run(tokens[i], position + i, attention);
        }
        return logits;
    }

    /**
     * Appends the likeliest token again and again.
     *
     * @param logits those after the last token so far
     * @param position of the first new token
     * @param maxTokens at most this many, at least 0
     * @param last whether a token is the last one
     * @return the new tokens, the last one included; all but the final one have been read by the model
     */
    public int[] continueGreedily(float[] logits, int position, int maxTokens, IntPredicate last) {
        var tokens = new int[maxTokens];
        float[] next = logits;
        for (int i = 0; i < maxTokens; i++) {
            tokens[i] = Logits.argmax(next, 0, next.length);
            if (last.test(tokens[i])) {
                return Arrays.copyOf(tokens, i + 1);
            }
            if (i + 1 < maxTokens) {
                next = decoder.run(tokens[i], position + i, attention);
            }
        }
        return tokens;
    }
}
