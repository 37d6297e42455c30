package io.arkvale.serving;

import io.arkvale.api.SequenceSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants.
 *
 * @param text what there is already: a prompt, or a conversation that ends with one
 * @param maxTokens most tokens of the answer
 * @param settings the budget of its sequence
 * @param sampling how tokens are chosen
 * @param stops texts before which the answer ends
 * @param priority those of higher numbers are admitted first, and read their prompts first
 * @param timeLimit from the submission to the end of the answer; null for none
 */
public record Request(
        Text text,
        int maxTokens,
        SequenceSpec settings,
        Sampling sampling,
        List<String> stops,
        int priority,
        @Nullable Duration timeLimit) {
    /**
     * Checks what does not depend on the engine.
     *
     * @throws IllegalArgumentException naming the value and what is allowed
     */
    public Request {
        stops = List.copyOf(stops);
        if (text.length() == 0) {
            throw new IllegalArgumentException("the prompt is empty; allowed: one token or more");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("the most tokens to generate are " + maxTokens + "; allowed: 1 or more");
        }
        if (stops.contains("")) {
            throw new IllegalArgumentException("a text to stop at is empty; allowed: one character or more");
        }
        if (timeLimit != null && timeLimit.isNegative()) {
            throw new IllegalArgumentException("the time limit is " + timeLimit + "; allowed: 0 or more");
        }
    }

    /** A greedy request without stops, priority or time limit. */
    public static Request greedy(Text text, int maxTokens, SequenceSpec settings) {
        return new Request(text, maxTokens, settings, Sampling.GREEDY, List.of(), 0, null);
    }
}
