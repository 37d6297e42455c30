package io.arkvale.experiments.policy;

import static io.arkvale.experiments.policy.PolicyTrial.sixteenths;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.experiments.policy.prefill.AdaKv;
import io.arkvale.experiments.policy.prefill.ExpectedAttention;
import io.arkvale.experiments.policy.prefill.KvZip;
import io.arkvale.experiments.policy.prefill.PyramidKv;
import io.arkvale.experiments.policy.prefill.RocketKv;
import io.arkvale.experiments.policy.prefill.SnapKv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Hand-worked examples of policies that decide at the end of the context. */
class PrefillPoliciesTest {
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

    /** An even kernel has no middle: it pooled one neighbour more than it divided by. */
    @Test
    void kernelsAreOdd() {
        for (var policy : List.of("snapkv", "pyramidkv", "ada-kv", "rocketkv")) {
            assertThatThrownBy(() -> PolicyChoice.parse(policy + ":kernel=4", Map.of()))
                    .hasMessage("option 'kernel' of policy '" + policy + "' is '4'; allowed: odd, 1 to 63");
            assertThat(PolicyChoice.parse(policy + ":kernel=7", Map.of())
                            .settings()
                            .whole("kernel"))
                    .isEqualTo(7);
        }
    }

    @Test
    void pyramidKvGivesLowerLayersMore() {
        // 20 tokens per layer beside the window of 2: from 39 down to 1 in four layers. Exactly they are 39, 26 1/3, 13
        // 2/3
        // and 1; whole, with the same sum, 39, 26, 14 and 1.
        assertThat(pyramid(22, 100)).containsExactly(41, 28, 16, 3);
    }

    /** Shares once ignored the context's length: what one layer could not use was lost to all. */
    @Test
    void pyramidKvsSharesEndAtTheContextsLength() {
        // Beside the window the first layer can use 28 of the 39: steps of 5 1/3 from there, 28, 22 2/3, 17 1/3, 12.
        assertThat(pyramid(22, 30)).containsExactly(30, 24, 20, 14);
        assertThat(Arrays.stream(pyramid(22, 30)).sum()).isEqualTo(4 * 22);
    }

    /** A context shorter than the budget once lost tokens in the upper layers. */
    @Test
    void pyramidKvKeepsAContextWithinTheBudgetWhole() {
        assertThat(pyramid(22, 22)).containsExactly(22, 22, 22, 22);
        assertThat(pyramid(100, 30)).containsExactly(30, 30, 30, 30);
    }

    @Property(tries = 200)
    void pyramidKvHoldsTheWholeBudget(
            @ForAll @IntRange(min = 3, max = 60) int budget, @ForAll @IntRange(min = 3, max = 120) int context) {
        assertThat(Arrays.stream(pyramid(budget, context)).sum()).isEqualTo(4 * Math.min(budget, context));
    }

    /** What each of four layers holds. */
    private static int[] pyramid(int budget, int context) {
        var sizes = new int[4];
        var votes = new double[context];
        Arrays.setAll(votes, token -> token);
        for (int layer = 0; layer < 4; layer++) {
            var trial = new PolicyTrial(new PyramidKv(), Map.of("window", "2"), budget, 1, new float[1][0][8], layer, 4)
                    .voting(votes);
            sizes[layer] = trial.context(new double[context]).getFirst().size();
        }
        return sizes;
    }

    @Test
    void adaKvSharesTheBudgetButLeavesEachHeadAFloor() {
        var options = Map.of("window", "1", "kernel", "1", "safeguard", "0.5");
        var trial = new PolicyTrial(new AdaKv(), options, 3, 2, 2)
                .voting(sixteenths(9, 8, 7, 6, 1), sixteenths(5, 4, 3, 2, 1));
        // Two tokens per head, one of them its floor. The best four of both are the first head's: it gets the two
        // others.
        assertThat(trial.context(new double[5])).containsExactly(List.of(0, 1, 2, 4), List.of(0, 4));
    }

    @Test
    void adaKvDividesTheRestAsTheBestTokensFallOnTheHeads() {
        var options = Map.of("window", "1", "kernel", "1", "safeguard", "0.5");
        var trial = new PolicyTrial(new AdaKv(), options, 3, 2, 2)
                .voting(sixteenths(9, 8, 7, 2, 1), sixteenths(6, 5, 1, 1, 1));
        // The best four are three of the first head's and one of the second's: 1 + 3/2 and 1 + 1/2, which are two each.
        assertThat(trial.context(new double[5])).containsExactly(List.of(0, 1, 4), List.of(0, 1, 4));
    }

    /** Two elements, no rotation: token i has the key (keys[i], 0), which is its value too. */
    private static PolicyTrial expecting(Map<String, String> options, int budget, double... keys) {
        var trialKeys = new float[1][keys.length][2];
        var queries = new float[1][keys.length][2];
        for (int token = 0; token < keys.length; token++) {
            trialKeys[0][token][0] = (float) keys[token];
            queries[0][token][0] = token == 0 ? 99 : token % 2 == 1 ? 1 : 3;
        }
        var all = new HashMap<>(Map.of("sink", "1", "future", "1"));
        all.putAll(options);
        return new PolicyTrial(new ExpectedAttention(), all, budget, 1, trialKeys).asking(queries);
    }

    @Test
    void expectedAttentionCountsMeanAndSpreadOfTheQueries() {
        // Queries 1 3 1 3: mean 2, variance 1. Logits 2k/√2 + k²/4 of the keys -6 0 0.1 -1: 0.51 0 0.14 -1.16.
        var logits = Map.of("values", "no");
        assertThat(expecting(logits, 3, 0, -6, 0, 0.1, -1).context(5, new double[0][]))
                .containsExactly(List.of(0, 1, 3));
        // Without the spread they are -8.49 0 0.14 -1.41.
        var mean = Map.of("values", "no", "covariance", "no");
        assertThat(expecting(mean, 3, 0, -6, 0, 0.1, -1).context(5, new double[0][]))
                .containsExactly(List.of(0, 2, 3));
        // Times the values' lengths 6 0 0.1 1 the weights 1.67 1 1.15 0.31 are 10.0 0 0.12 0.31.
        assertThat(expecting(Map.of(), 3, 0, -6, 0, 0.1, -1).context(5, new double[0][]))
                .containsExactly(List.of(0, 1, 4));
        // Softmax weights are thirds of (0.40 0.24 0.28 0.07): with an epsilon of 1 lengths count nearly alone.
        assertThat(expecting(Map.of("epsilon", "1"), 4, 0, -6, 0, 0.1, -1).context(5, new double[0][]))
                .containsExactly(List.of(0, 1, 3, 4));
    }

    @Test
    void expectedAttentionTurnsTheMeanToThePositionsToCome() {
        float[][][] keys = {{{0, 0}, {1, 0}, {-1, 1}, {0, -1}, {1, 1}}};
        float[][][] queries = {{{9, 9}, {2, 0}, {2, 0}, {2, 0}, {2, 0}}};
        var options = Map.of("sink", "1", "future", "2", "values", "no");
        // A quarter turn a position: at 5 and 6 the mean (2, 0) is (0, 2) and (-2, 0), on average (-1, 1).
        var trial = new PolicyTrial(new ExpectedAttention(), options, 2, 1, keys)
                .asking(queries)
                .turning((vector, position) -> {
                    for (int i = 0; i < position % 4; i++) {
                        var first = vector[0];
                        vector[0] = -vector[1];
                        vector[1] = first;
                    }
                });
        assertThat(trial.context(5, new double[0][])).containsExactly(List.of(0, 2));
        assertThat(trial.step(new double[6])).containsExactly(List.of(0, 2, 5));
    }

    /** Two layers of two heads; the first token is the sink. */
    private static final float[][][] REPETITION = {
        {{0, 0.9f, 0.8f, 0.7f}, {0, 0.1f, 0.1f, 0.1f}}, {{0, 0.6f, 0.2f, 0.1f}, {0, 0.3f, 0.5f, 0.05f}}
    };

    private static PolicyTrial zip(int layer, String level) {
        var options = Map.of("sink", "1", "level", level);
        return new PolicyTrial(new KvZip(), options, 2, 2, new float[2][0][8], layer, 2).repeating(REPETITION);
    }

    @Test
    void kvZipMovesTheBudgetBetweenHeadsAndLayers() {
        // Eight tokens for four heads; four are sinks, and the best others are 0.9 0.8 0.7 0.6.
        assertThat(zip(0, "all").shares(4)).isDeepEqualTo(new int[][] {{4, 1}, {2, 1}});
        assertThat(zip(0, "all").context(new double[4], new double[4]))
                .containsExactly(List.of(0, 1, 2, 3), List.of(0));
        var second = zip(1, "all");
        assertThat(second.context(new double[4], new double[4])).containsExactly(List.of(0, 1), List.of(0));
        assertThat(second.step(new double[5], new double[5])).containsExactly(List.of(0, 1, 4), List.of(0, 4));
    }

    @Test
    void kvZipCanGiveEachHeadTheSame() {
        assertThat(zip(0, "head").context(new double[4], new double[4])).containsExactly(List.of(0, 1), List.of(0, 1));
        assertThat(zip(1, "head").context(new double[4], new double[4])).containsExactly(List.of(0, 1), List.of(0, 2));
    }

    /** Sixteen tokens, budget 4: compression 4, so the first stage keeps 8 with a split of a half. */
    private static PolicyTrial rocket(String split) {
        float[][][] keys = {new float[18][]};
        Arrays.fill(keys[0], new float[] {0, 0});
        keys[0][1] = new float[] {1, 0};
        keys[0][3] = new float[] {0, 4};
        keys[0][5] = new float[] {2, -1};
        keys[0][9] = new float[] {-3, 1};
        keys[0][11] = new float[] {0, 2};
        keys[0][13] = new float[] {1, 1};
        var options = Map.of("window", "1", "kernel", "1", "split", split);
        return new PolicyTrial(new RocketKv(), options, 4, 1, keys)
                .voting(sixteenths(1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 1));
    }

    @Test
    void rocketKvEvictsThenChoosesByTheExtremesOfSmallRuns() {
        var trial = rocket("0.5");
        assertThat(trial.context(16, new double[0][])).containsExactly(List.of(1, 3, 5, 7, 9, 11, 13, 15));
        // Compression 2 is left: runs of ⌈√2⌉ = 2 tokens, all 2 elements. Runs 1 3, 5 7, 9 11, 13 15 and the new
        // token's.
        // By their largest elements (1,4) (2,0) (0,2) (1,1) (0,0) the first one wins: half of the budget takes part.
        assertThat(trial.step(new double[] {1, 1})).containsExactly(List.of(1, 3, 5, 7, 9, 11, 13, 15, 16));
        assertThat(trial.chosen(0)).containsExactly(1, 3);
        assertThat(trial.scoredBytes()).isEqualTo(5 * 2 * Float.BYTES);
        assertThat(trial.policy().summaryBytes()).isEqualTo(2 * 5 * 2 * Float.BYTES);
        // For a second element below 0 the smallest stands: 1-0 2+1 0-1 1-0 0-0.
        trial.step(new double[] {1, -1});
        assertThat(trial.chosen(0)).containsExactly(5, 7);
    }

    @Test
    void rocketKvSplitsTheCompressionAsTheAuthorsDo() {
        // The exponent is 0.2 + 0.06 · log2 4 = 0.32: 16 / 4^0.32 = 10.3.
        assertThat(rocket("auto").context(16, new double[0][]).getFirst()).hasSize(10);
        assertThat(rocket("1").context(16, new double[0][]).getFirst()).hasSize(4);
        assertThat(rocket("0").context(16, new double[0][]).getFirst()).hasSize(16);
    }

    @Test
    void rocketKvReadsFewElementsOfLongRuns() {
        // Nothing evicted of 64 tokens at budget 8: compression 8, runs of ⌈√8⌉ = 3, and 8 · 3 / 8 = 3 of 8 elements.
        var keys = new float[1][65][8];
        var trial =
                new PolicyTrial(new RocketKv(), Map.of("window", "1", "split", "0"), 8, 1, keys).voting(new double[64]);
        trial.context(64, new double[0][]);
        trial.step(new double[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertThat(trial.scoredBytes()).isEqualTo(22 * 3 * Float.BYTES);
        assertThat(trial.chosen(0)).hasSize(4);
    }

    @Test
    void everyOptionOfEveryPolicyIsExplained() {
        var unexplained = new ArrayList<String>();
        for (var policy : Policies.all()) {
            policy.info().options().stream()
                    .filter(option -> option.description().isBlank())
                    .forEach(option -> unexplained.add(policy.info().name() + " " + option.name()));
        }
        assertThat(unexplained).isEmpty();
    }
}
