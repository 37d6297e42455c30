package io.arkvale.serving.load;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a run. They arrive independently of each other and of the answers: a Poisson process.
 *
 * @param requests how many
 * @param rate of arrivals, per second; infinite for all at once
 * @param lengths of prompts, in characters; each request has one of them at random
 * @param shared characters that all prompts begin with, within their lengths
 * @param answerTokens most tokens per answer
 * @param budget that requests ask for; null for the server's
 * @param seed of arrivals, lengths and texts
 */
public record LoadPlan(
        int requests,
        double rate,
        List<Integer> lengths,
        int shared,
        int answerTokens,
        @Nullable Integer budget,
        long seed) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the value and what is allowed
     */
    public LoadPlan {
        lengths = List.copyOf(lengths);
        if (!(rate > 0)) {
            throw new IllegalArgumentException("the rate is " + rate + "; allowed: above 0");
        }
        if (requests < 1 || answerTokens < 1) {
            throw new IllegalArgumentException(
                    "there are " + requests + " requests of " + answerTokens + " tokens; allowed: 1 or more of each");
        }
        if (lengths.isEmpty() || lengths.stream().anyMatch(length -> length < 1)) {
            throw new IllegalArgumentException("lengths are " + lengths + "; allowed: one or more, each 1 or more");
        }
        if (shared < 0) {
            throw new IllegalArgumentException("the shared beginning is " + shared + "; allowed: 0 or more");
        }
    }
}
