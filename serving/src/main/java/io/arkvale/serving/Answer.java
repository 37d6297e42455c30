package io.arkvale.serving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended.
 *
 * @param finish why
 * @param text the request's text and the tokens generated, one that ended the answer included; with more behind it, it is the
 *     text of the next turn
 * @param promptTokens tokens of the request's text
 * @param sharedTokens those of them that another sequence had read already
 * @param answerTokens tokens generated
 * @param error one sentence if it failed, else null
 */
public record Answer(
        Finish finish,
        Text text,
        int promptTokens,
        int sharedTokens,
        int answerTokens,
        @Nullable String error) {
    /** The generated tokens. */
    public int[] tokens() {
        var all = text.tokens();
        return Arrays.copyOfRange(all, promptTokens, all.length);
    }
}
