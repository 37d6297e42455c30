package io.arkvale.llama.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {

    /** Probabilities 0.5, 0.25, 0.125, 0.125 of tokens 1, 3, 0, 2. */
    private static final float[] LOGITS = {log(0.125), log(0.5), log(0.125), log(0.25)};

    private static float log(double probability) {
        return (float) Math.log(probability);
    }

    private static double[] shares(Sampler sampler, float[] logits) {
        var shares = new double[logits.length];
        for (int i = 0; i < 40_000; i++) {
            shares[sampler.next(logits)] += 1 / 40_000.0;
        }
        return shares;
    }

    @Test
    void temperatureZeroIsTheLikeliest() {
        assertThat(Sampler.greedy().next(LOGITS)).isEqualTo(1);
    }

    @Test
    void tokensAreChosenByTheirProbability() {
        // Six standard errors of a share of 40,000.
        assertThat(shares(new Sampler(1, 0, 1, 3), LOGITS))
                .containsExactly(new double[] {0.125, 0.5, 0.125, 0.25}, within(0.015));
    }

    @Test
    void theTemperatureDividesTheLogits() {
        // Squared and scaled to 1: 1, 16, 1, 4 of 22.
        assertThat(shares(new Sampler(0.5, 0, 1, 3), LOGITS))
                .containsExactly(new double[] {1 / 22.0, 16 / 22.0, 1 / 22.0, 4 / 22.0}, within(0.015));
    }

    @Test
    void topKKeepsTheLikeliestAndOfEqualOnesTheFirst() {
        assertThat(shares(new Sampler(1, 3, 1, 3), LOGITS))
                .containsExactly(new double[] {1 / 7.0, 4 / 7.0, 0, 2 / 7.0}, within(0.015));
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        assertThat(shares(new Sampler(1, 0, 0.75, 3), LOGITS))
                .containsExactly(new double[] {0, 2 / 3.0, 0, 1 / 3.0}, within(0.015));
        assertThat(shares(new Sampler(1, 0, 0.76, 3), LOGITS)[0]).isPositive();
        assertThat(shares(new Sampler(1, 0, 1e-9, 3), LOGITS)[1]).isEqualTo(1, within(1e-6));
    }

    /** As in transformers: of the three that stay, two reach 0.8 of what these three have together. */
    @Test
    void topPCountsWhatTopKLeft() {
        assertThat(shares(new Sampler(1, 3, 0.8, 3), LOGITS))
                .containsExactly(new double[] {0, 2 / 3.0, 0, 1 / 3.0}, within(0.015));
    }

    @Test
    void aSeedGivesTheSameChoices() {
        var first = new Sampler(1, 0, 1, 5);
        var second = new Sampler(1, 0, 1, 5);
        var choices = IntStream.range(0, 50).map(i -> first.next(LOGITS)).toArray();
        assertThat(IntStream.range(0, 50).map(i -> second.next(LOGITS)))
                .containsExactly(IntStream.of(choices).boxed().toArray(Integer[]::new));
    }

    @Test
    void largeAndNegativeLogitsKeepTheirOrder() {
        float[] logits = {-3e38f, 500, -0.0f, 0.0f, 499};
        assertThat(shares(new Sampler(1, 2, 1, 1), logits))
                .containsExactly(new double[] {0, 1 / (1 + Math.exp(-1)), 0, 0, 1 / (1 + Math.E)}, within(0.015));
        assertThat(new Sampler(1e9, 3, 1, 1).next(new float[] {-1, -2, -0.0f})).isBetween(0, 2);
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new Sampler(-1, 0, 1, 0)).hasMessage("temperature is -1.0; allowed: 0 or more");
        assertThatThrownBy(() -> new Sampler(Double.NaN, 0, 1, 0)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Sampler(1, -1, 1, 0)).hasMessageContaining("top-k is -1");
        assertThatThrownBy(() -> new Sampler(1, 0, 0, 0)).hasMessage("top-p is 0.0; allowed: above 0, at most 1");
        assertThatThrownBy(() -> new Sampler(1, 0, 1.5, 0)).hasMessageContaining("top-p is 1.5");
    }
}
