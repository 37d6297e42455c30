package io.arkvale.llama.generation;

import io.arkvale.llama.Logits;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Chooses a next token: the likeliest one at temperature 0, else one at random. The order is the usual one: the
 * temperature divides the logits, then the {@code topK} likeliest tokens stay, then of these the fewest whose
 * probabilities reach {@code topP} together. Of equally likely tokens the first in the vocabulary comes first. The same
 * seed gives the same choices.
 */
public final class Sampler {

    private final double temperature;
    private final int topK;
    private final double topP;
    private final RandomGenerator random;

    /**
     * Sets how tokens are chosen.
     *
     * @param temperature at least 0; 0 chooses the likeliest token
     * @param topK at least 1, or 0 for the whole vocabulary
     * @param topP above 0, at most 1
     * @param seed of the random choices
     */
    public Sampler(double temperature, int topK, double topP, long seed) {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature is " + temperature + "; allowed: 0 or more");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top-k is " + topK + "; allowed: 1 or more, or 0 for all tokens");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top-p is " + topP + "; allowed: above 0, at most 1");
        }
        this.temperature = temperature;
        this.topK = topK;
        this.topP = topP;
        random = new SplittableRandom(seed);
    }

    /** Always the likeliest token. */
    public static Sampler greedy() {
        return new Sampler(0, 0, 1, 0);
    }

    /** The next token by its logits {@code [vocabulary]}. */
    public int next(float[] logits) {
        int likeliest = Logits.argmax(logits, 0, logits.length);
        if (temperature == 0) {
            return likeliest;
        }
        // Few tokens matter: only those that are not zero beside the likeliest are sorted.
        double largest = logits[likeliest];
        var candidates = new long[logits.length];
        int count = 0;
        for (int token = 0; token < logits.length; token++) {
            if (Math.exp((logits[token] - largest) / temperature) > 0) {
                candidates[count++] = sortKey(logits[token], token);
            }
        }
        Arrays.sort(candidates, 0, count);
        if (topK > 0) {
            count = Math.min(count, topK);
        }
        var weights = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = Math.exp((logits[(int) candidates[i]] - largest) / temperature);
            sum += weights[i];
        }
        double kept = 0;
        int last = 0;
        while (last < count - 1 && kept + weights[last] < topP * sum) {
            kept += weights[last++];
        }
        kept += weights[last];
        double left = random.nextDouble() * kept;
        for (int i = 0; i < last; i++) {
            left -= weights[i];
            if (left < 0) {
                return (int) candidates[i];
            }
        }
        return (int) candidates[last];
    }

    /** Sorts by descending logit, then by ascending token, which are the lower bits. */
    private static long sortKey(float logit, int token) {
        int bits = Float.floatToIntBits(logit + 0.0f); // no -0
        int ascending = bits < 0 ? ~bits : bits | 0x8000_0000; // as an unsigned number
        return (long) (~ascending ^ 0x8000_0000) << 32 | token;
    }
}
