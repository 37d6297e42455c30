package io.arkvale.experiments.policy;

import static io.arkvale.experiments.policy.PolicyTrial.sixteenths;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.policy.evict.Alisa;
import io.arkvale.experiments.policy.evict.QHitter;
import io.arkvale.experiments.policy.sparse.Quantised;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Policies that store fewer bits: hand-worked examples. */
class QuantisingPoliciesTest {
    @Test
    void elementsBecomeEqualSteps() {
        float[] exact = {-1, 4, 2, 14}; // 15 steps of 1
        assertThat(new Quantiser(4).round(exact)).isZero();
        assertThat(exact).containsExactly(-1, 4, 2, 14);
        float[] rounded = {0, 3, 8, 10}; // one step of 10
        assertThat(new Quantiser(1).round(rounded)).isCloseTo(Math.sqrt((9 + 4) / 173.0), within(1e-6));
        assertThat(rounded).containsExactly(0, 0, 10, 10);
        float[] flat = {2, 2};
        assertThat(new Quantiser(1).round(flat)).isZero();
        assertThat(flat).containsExactly(2, 2);
    }

    @Test
    void bytesOfATokenAreItsBitsAndTwoNumbersAVector() {
        assertThat(new Quantiser(8).tokenBytes(64)).isEqualTo(2 * (64 + 8));
        assertThat(new Quantiser(4).tokenBytes(64)).isEqualTo(2 * (32 + 8));
    }

    @Property
    void nothingMovesFartherThanHalfAStep(@ForAll @IntRange(min = 1, max = 8) int bits, @ForAll long seed) {
        var random = new Random(seed);
        var vector = new float[16];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = random.nextFloat() * 10 - 5;
        }
        var before = vector.clone();
        new Quantiser(bits).round(vector);
        for (int i = 0; i < vector.length; i++) {
            assertThat(vector[i]).isCloseTo(before[i], within(10f / ((1 << bits) - 1) / 2 + 1e-4f));
        }
    }

    @Test
    void quantisedHoldsEverythingRounded() {
        var trial = new PolicyTrial(new Quantised(), Map.of("bits", "4"), 1, 1, 1);
        assertThat(trial.context(new double[3])).containsExactly(List.of(0, 1, 2));
        assertThat(trial.step(new double[4])).containsExactly(List.of(0, 1, 2, 3));
        float[] key = {0, 0.4f, 15};
        float[] value = {0, 29.1f, 30};
        trial.policy().store(0, 3, key, value);
        assertThat(key).containsExactly(0, 0, 15);
        assertThat(value).containsExactly(0, 30, 30);
    }

    @Test
    void qHitterPrefersTokensThatTakeRoundingWell() {
        // With one bit, only a vector of two different numbers comes back as it was; token 0 does not.
        float[][][] keys = {{{0, 3, 5, 8}, {0, 8, 8, 0}, {0, 0, 0, 8}, {1, 2, 1, 1}, {0, 0, 1, 1}}};
        var options = new HashMap<>(Map.of("bits", "1", "recent", "0.3"));
        var trial = new PolicyTrial(new QHitter(), options, 3, 1, keys);
        // Attention brought to 0..1: 1, 0.75, 0.25, 0; friendliness: 0, 1, 1, 1. Halves: 0.5, 0.875, 0.625.
        assertThat(trial.context(sixteenths(6, 5, 3, 2))).containsExactly(List.of(1, 2, 3));
        // All that are left are equally friendly. Attention: 1: 6, 2: 11, 3: 4.
        assertThat(trial.step(sixteenths(0, 1, 8, 2, 5))).containsExactly(List.of(1, 2, 4));
        options.put("attention", "1");
        assertThat(new PolicyTrial(new QHitter(), options, 3, 1, keys).context(sixteenths(6, 5, 3, 2)))
                .containsExactly(List.of(0, 1, 3));
    }

    @Test
    void alisaForgetsTheAttentionOfTokensThatAreNoLongerRecent() {
        // Two recent tokens, and two with the most attention from the last two rows.
        var trial = new PolicyTrial(new Alisa(), Map.of(), 4, 1, 1).voting(sixteenths(4, 1, 3, 2, 9, 9));
        assertThat(trial.context(new double[6])).containsExactly(List.of(0, 2, 4, 5));
        // One new row, and half of the context's sum gone: 0: 2, 2: 3 - 1.5 + 8, 4: 4.5 + 4; 5 and 6 are recent.
        assertThat(trial.step(sixteenths(0, 0, 8, 0, 4, 4, 0))).containsExactly(List.of(2, 4, 5, 6));
        // The context is gone: 2: 8 + 1, 4: 4, 5: 4 + 1. With it, 2 would have the least: 12 against 13 and 14.
        assertThat(trial.step(sixteenths(0, 0, 1, 0, 0, 1, 7, 7))).containsExactly(List.of(2, 5, 6, 7));
    }
}
