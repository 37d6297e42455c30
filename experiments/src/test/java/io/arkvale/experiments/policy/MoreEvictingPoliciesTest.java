package io.arkvale.experiments.policy;

import static io.arkvale.experiments.policy.PolicyTrial.sixteenths;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.policy.evict.DuoAttention;
import io.arkvale.experiments.policy.evict.KeyDiff;
import io.arkvale.experiments.policy.evict.Keyformer;
import io.arkvale.experiments.policy.evict.LmInfinite;
import io.arkvale.experiments.policy.evict.Scissorhands;
import io.arkvale.experiments.policy.sparse.IceFormer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hand-worked examples: which tokens are held, step by step. */
class MoreEvictingPoliciesTest {
    @Test
    void lmInfiniteSeesTheFirstTokensNoFartherThanItsWindow() {
        var trial = new PolicyTrial(new LmInfinite(), Map.of("start", "2"), 5, 1, 1);
        assertThat(trial.context(new double[8])).containsExactly(List.of(0, 1, 5, 6, 7));
        assertThat(trial.step(new double[9])).containsExactly(List.of(0, 1, 6, 7, 8));
        assertThat(trial.policy().distance(0, 8, 6)).isEqualTo(3);
        assertThat(trial.policy().distance(6, 8, 6)).isEqualTo(2);
    }

    @Test
    void scissorhandsDropsHalfTheBudgetByStepsOfLittleAttention() {
        var trial = new PolicyTrial(new Scissorhands(), Map.of("recent", "1"), 4, 1, 1);
        // An equal share is 1/5: token 1 is farthest below it.
        assertThat(trial.context(sixteenths(8, 1, 3, 2, 2))).containsExactly(List.of(0, 2, 3, 4));
        // Little attention now: 0, 3 and 5. Counts with the context's: 0: 1, 2: 0.06, 3: 1.4, 4: 0.4.
        // Five are held, two may stay: 3, 0 and 4 go, 5 is recent.
        assertThat(trial.step(sixteenths(2, 0, 8, 1, 4, 1))).containsExactly(List.of(2, 5));
        assertThat(trial.step(sixteenths(0, 0, 8, 0, 0, 4, 4))).containsExactly(List.of(2, 5, 6));
    }

    @Test
    void keyformerFlattensAttentionAsTheTemperatureRises() {
        var options = Map.of("recent", "0.5", "noise", "0", "steps", "1");
        var trial = new PolicyTrial(new Keyformer(), options, 4, 1, 1);
        assertThat(trial.context(sixteenths(4, 4, 1, 5, 1, 1))).containsExactly(List.of(0, 3, 4, 5));
        // At temperature 2 the weights are square roots: 1 1 3 2 1 of 8. Sums: 0: 0.375, 3: 0.4375, 4: 0.4375.
        assertThat(trial.step(sixteenths(1, 0, 0, 1, 9, 4, 1))).containsExactly(List.of(3, 4, 5, 6));
    }

    @Test
    void keyformersNoiseChangesTheChoiceAndIsTheSameEachTime() {
        var row = sixteenths(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        var first = new PolicyTrial(new Keyformer(), Map.of(), 6, 1, 1).context(row);
        assertThat(new PolicyTrial(new Keyformer(), Map.of(), 6, 1, 1).context(row))
                .isEqualTo(first);
        assertThat(new PolicyTrial(new Keyformer(), Map.of("noise", "0"), 6, 1, 1).context(row))
                .isNotEqualTo(first);
    }

    /** The noise once ignored the seed. */
    @Test
    void keyformersNoiseFollowsTheSeed() {
        var row = sixteenths(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        var first = new PolicyTrial(new Keyformer(), Map.of("seed", "1"), 6, 1, 1).context(row);
        assertThat(new PolicyTrial(new Keyformer(), Map.of("seed", "2"), 6, 1, 1).context(row))
                .isNotEqualTo(first);
        assertThat(PolicyChoice.parse("keyformer", Map.of(), 7).settings().word("seed"))
                .isEqualTo("7");
        assertThat(PolicyChoice.parse("keyformer:seed=3", Map.of(), 7)
                        .settings()
                        .word("seed"))
                .isEqualTo("3");
        assertThat(PolicyChoice.parse("h2o", Map.of(), 7).label()).isEqualTo("h2o");
    }

    @Test
    void keyDiffKeepsTheKeysLeastLikeTheMean() {
        float[][][] keys = {{{1, 0}, {1, 0}, {0, 1}, {2, 0}, {0, 3}, {-1, 0}}};
        var trial = new PolicyTrial(new KeyDiff(), Map.of(), 2, 1, keys);
        // Of length 1 the keys sum to (3, 1): cosines 3 3 1 3, over √10. The least, and of the equal ones the earliest.
        assertThat(trial.context(4, new double[0][])).containsExactly(List.of(0, 2));
        // With the new key the held ones sum to (1, 2): 1 for token 0, 2 for the others; the later of them goes.
        assertThat(trial.step(new double[0][])).containsExactly(List.of(0, 2));
        // The sum is (0, 1): only token 2 is like it.
        assertThat(trial.step(new double[0][])).containsExactly(List.of(0, 5));
        // Twice the keys of three tokens are read.
        assertThat(trial.scoredBytes()).isEqualTo(2 * 3 * 2 * Float.BYTES);
    }

    @Test
    void duoAttentionKeepsEverythingForTheHeadsThatRetrieve() {
        var options = Map.of("sink", "1", "recent", "0.3");
        // Two layers of two heads, 10 tokens each. Streaming heads need 1 + 3, so 24 are left, and 18 more keep a head
        // whole: one, which is the one that loses most. The other three share what is left, 40 - 22.
        var trial = new PolicyTrial(new DuoAttention(), options, 10, 2, new float[2][0][8], 0, 2)
                .losing(new double[] {0.1, 0.9}, new double[] {0.2, 0.05});
        assertThat(trial.shares(22)).isDeepEqualTo(new int[][] {{6, 22}, {6, 6}});
        var context = trial.context(new double[22], new double[22]);
        assertThat(context.get(0)).containsExactly(0, 17, 18, 19, 20, 21);
        assertThat(context.get(1)).hasSize(22);
        var step = trial.step(new double[23], new double[23]);
        assertThat(step.get(0)).containsExactly(0, 18, 19, 20, 21, 22);
        assertThat(step.get(1)).hasSize(23);
    }

    @Test
    void duoAttentionStreamsWhereNoHeadFits() {
        var trial = new PolicyTrial(new DuoAttention(), Map.of("sink", "1"), 10, 2, new float[2][0][8], 0, 2);
        assertThat(trial.shares(1000)).isDeepEqualTo(new int[][] {{10, 10}, {10, 10}});
    }

    @Test
    void iceFormerAttendsToTheNearestKeysOfEachQuery() {
        var trial = new PolicyTrial(new IceFormer(), Map.of("nearest", "2"), 2, 2, 1);
        trial.context(new double[3]);
        assertThat(trial.step(new double[][] {{1, 5, 2, 9}, {7, 5, 2, 4}})).containsExactly(List.of(0, 1, 2, 3));
        assertThat(trial.chosen(0)).containsExactly(1, 3);
        assertThat(trial.chosen(1)).containsExactly(0, 1);
    }
}
