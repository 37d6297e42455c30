package io.arkvale.experiments.policy;

import static io.arkvale.experiments.policy.PolicyTrial.sixteenths;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.policy.evict.AdaKv;
import io.arkvale.experiments.policy.evict.Keyformer;
import io.arkvale.experiments.policy.evict.LmInfinite;
import io.arkvale.experiments.policy.evict.PyramidKv;
import io.arkvale.experiments.policy.evict.Scissorhands;
import io.arkvale.experiments.policy.evict.SnapKv;
import io.arkvale.experiments.policy.sparse.IceFormer;
import java.util.ArrayList;
import java.util.Arrays;
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

    @Test
    void snapKvKeepsItsWindowAndWhatItVotedFor() {
        var options = Map.of("window", "2", "kernel", "1");
        var trial = new PolicyTrial(new SnapKv(), options, 4, 1, 1).voting(sixteenths(1, 5, 2, 7, 3, 0, 9, 9));
        assertThat(trial.context(new double[8])).containsExactly(List.of(1, 3, 6, 7));
        assertThat(trial.step(new double[9])).containsExactly(List.of(1, 3, 6, 7, 8));
    }

    @Test
    void snapKvPoolsVotesOverNeighbours() {
        // Largest of three neighbours: 5 5 7 7 7 3; of equal votes the earlier two.
        var options = Map.of("window", "2", "kernel", "3", "pool", "max");
        var trial = new PolicyTrial(new SnapKv(), options, 4, 1, 1).voting(sixteenths(1, 5, 2, 7, 3, 0, 9, 9));
        assertThat(trial.context(new double[8])).containsExactly(List.of(2, 3, 6, 7));
    }

    @Test
    void snapKvAveragesTheQueryHeadsOfAKvHead() {
        var trial = new PolicyTrial(new SnapKv(), Map.of("window", "1", "kernel", "1"), 2, 2, 1)
                .voting(sixteenths(6, 0, 4, 1), sixteenths(0, 5, 4, 1));
        assertThat(trial.context(new double[4])).containsExactly(List.of(2, 3));
    }

    @Test
    void pyramidKvGivesLowerLayersMore() {
        // 20 tokens a layer beside the window of 2: from 39 down to 1 in four layers.
        var sizes = new ArrayList<Integer>();
        var votes = new double[100];
        Arrays.setAll(votes, token -> token);
        for (int layer = 0; layer < 4; layer++) {
            var trial = new PolicyTrial(new PyramidKv(), Map.of("window", "2"), 22, 1, new float[1][0][8], layer, 4)
                    .voting(votes);
            sizes.add(trial.context(new double[100]).getFirst().size());
        }
        assertThat(sizes).containsExactly(41, 28, 15, 3);
    }

    @Test
    void adaKvSharesTheBudgetButLeavesEachHeadSomething() {
        var options = Map.of("window", "1", "kernel", "1", "safeguard", "0.5");
        var trial = new PolicyTrial(new AdaKv(), options, 3, 2, 2)
                .voting(sixteenths(9, 8, 7, 6, 1), sixteenths(5, 4, 3, 2, 1));
        assertThat(trial.context(new double[5])).containsExactly(List.of(0, 1, 2, 4), List.of(0, 4));
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
