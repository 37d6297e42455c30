package io.arkvale.experiments.policy;

import java.util.Arrays;

/** A score per token of the text, grown as needed; scores are float64 sums. */
public final class TokenScores {
    private double[] scores = new double[0];
    private int kept;

    /** Every score is 0. */
    public TokenScores() {}

    /** One for each of the KV heads. */
    public static TokenScores[] perHead(int kvHeads) {
        var all = new TokenScores[kvHeads];
        Arrays.setAll(all, head -> new TokenScores());
        return all;
    }

    /** The score of a token; 0 if it never got one. */
    public double get(int token) {
        return token < scores.length ? scores[token] : 0;
    }

    /** Adds to the score of a token. */
    public void add(int token, double amount) {
        if (token >= scores.length) {
            scores = Arrays.copyOf(scores, Math.max(token + 1, scores.length + scores.length / 2));
        }
        scores[token] += amount;
    }

    /** Adds one amount per token, from token 0 on. */
    public void add(double[] amounts) {
        for (int token = amounts.length - 1; token >= 0; token--) {
            add(token, amounts[token]);
        }
    }

    /** Adds the step's attention probabilities of a KV head, averaged over its query heads. */
    public void addMean(DecodeStep step, int kvHead, LayerSetting setting) {
        var queryHeads = setting.queryHeadsPerKvHead();
        for (int i = 0; i < queryHeads; i++) {
            var probabilities = step.probabilities(kvHead * queryHeads + i);
            for (int slot = step.held(kvHead) - 1; slot >= 0; slot--) {
                add(step.token(kvHead, slot), probabilities[slot] / (double) queryHeads);
            }
        }
    }

    /**
     * Counts that the scores of the held tokens were read and written, in float32, as a device does that keeps them from
     * step to step; called after the step's evictions.
     */
    public void count(DecodeStep step, int kvHead) {
        kept = step.held(kvHead);
        step.scored(2 * bytes());
    }

    /** Bytes of the scores that a device keeps: float32, one per token held when they were last counted. */
    public long bytes() {
        return (long) kept * Float.BYTES;
    }

    /** The same of several KV heads. */
    public static long totalBytes(TokenScores... heads) {
        return Arrays.stream(heads).mapToLong(TokenScores::bytes).sum();
    }

    /** Sets every score to 0. */
    public void clear() {
        Arrays.fill(scores, 0);
    }

    /**
     * The {@code best} tokens of the highest score among all but the last {@code recent}, and those; ascending. Of equal
     * scores the earlier token is better.
     *
     * @param tokens tokens there are
     */
    public int[] bestAndRecent(int tokens, int best, int recent) {
        var candidates = Math.max(0, tokens - recent);
        var chosen = TokenSets.best(candidates, best, this::get);
        return TokenSets.concat(chosen, TokenSets.range(candidates, tokens));
    }

    /**
     * The held token of the lowest score among those up to position {@code last}; of equal scores the later one.
     *
     * @throws IllegalStateException if no such token is held
     */
    public int lowestHeld(DecodeStep step, int kvHead, int last) {
        int lowest = -1;
        for (int slot = step.held(kvHead) - 1; slot >= 0; slot--) {
            var token = step.token(kvHead, slot);
            if (token <= last
                    && (lowest < 0 || get(token) < get(lowest) || (get(token) == get(lowest) && token > lowest))) {
                lowest = token;
            }
        }
        if (lowest < 0) {
            throw new IllegalStateException("KV head " + kvHead + " holds no token up to position " + last);
        }
        return lowest;
    }
}
