package io.arkvale.serving;

import io.arkvale.llama.generation.Sampler;

/**
 * How the tokens of an answer are chosen; {@link Sampler} says what the numbers mean.
 *
 * @param temperature 0 for the likeliest token
 * @param topK 0 for all tokens
 * @param topP above 0, at most 1
 * @param seed of the random choices
 */
public record Sampling(double temperature, int topK, double topP, long seed) {
    /** Always the likeliest token. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the value and what is allowed
     */
    public Sampling {
        new Sampler(temperature, topK, topP, seed);
    }

    Sampler begin() {
        return new Sampler(temperature, topK, topP, seed);
    }
}
