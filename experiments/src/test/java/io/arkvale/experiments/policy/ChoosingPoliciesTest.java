package io.arkvale.experiments.policy;

import static io.arkvale.experiments.policy.PolicyTrial.sixteenths;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.policy.evict.FastGen;
import io.arkvale.experiments.policy.evict.H2o;
import io.arkvale.experiments.policy.page.PageIdeas;
import io.arkvale.experiments.policy.recall.InfLlm;
import io.arkvale.experiments.policy.recall.Pages;
import io.arkvale.experiments.policy.recall.ShadowKv;
import io.arkvale.experiments.policy.sparse.SparQ;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Policies that look at more than their own tokens' attention: hand-worked examples and properties. */
class ChoosingPoliciesTest {
    private static final Map<String, String> FAST_GEN = Map.of("target", "0.9", "heavy", "0.25", "local", "0.25");

    @Test
    void h2oMayStartFromAllRowsOfTheContext() {
        var all = Map.of("prefill-scores", "all");
        var trial = new PolicyTrial(new H2o(), all, 4, 1, 1).voting(sixteenths(1, 9, 1, 8, 1, 1));
        assertThat(trial.context(sixteenths(9, 1, 8, 1, 1, 1))).containsExactly(List.of(1, 3, 4, 5));
        var last = new PolicyTrial(new H2o(), Map.of(), 4, 1, 1).voting(sixteenths(1, 9, 1, 8, 1, 1));
        assertThat(last.context(sixteenths(9, 1, 8, 1, 1, 1))).containsExactly(List.of(0, 2, 4, 5));
        assertThat(new H2o().readsAllRows(Settings.of(new H2o().info(), all))).isTrue();
        assertThat(new H2o().readsAllRows(Settings.of(new H2o().info(), Map.of())))
                .isFalse();
    }

    @Test
    void fastGenGivesEachHeadTheSmallestSetThatIsEnough() {
        // Eight rows of attention, of which a set must hold 7.2. A quarter of the text is two tokens.
        var trial = new PolicyTrial(new FastGen(), FAST_GEN, 1, 5, 5)
                .reading("ab.cd,ef.xy")
                .voting(
                        new double[] {7.5, 0.1, 0.1, 0, 0.1, 0.1, 0.1, 0},
                        new double[] {2, 0, 3, 0.2, 0.2, 2.5, 0.1, 0},
                        new double[] {1, 3, 1, 2.5, 0, 0.5, 0, 0},
                        new double[] {1, 2, 1, 0.3, 0.3, 0, 1.7, 1.7},
                        new double[] {1, 1, 1, 1, 1, 1, 1, 1});
        assertThat(trial.context(new double[8]))
                .containsExactly(
                        List.of(0),
                        List.of(0, 2, 5),
                        List.of(0, 1, 2, 3, 5),
                        List.of(0, 1, 2, 5, 6, 7),
                        List.of(0, 1, 2, 3, 4, 5, 6, 7));
        // A full stop comes; a quarter is three tokens now.
        assertThat(trial.step(new double[5][9]))
                .containsExactly(
                        List.of(0),
                        List.of(0, 2, 5, 8),
                        List.of(0, 1, 2, 3, 5, 8),
                        List.of(0, 1, 2, 5, 6, 7, 8),
                        List.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
        // A letter comes: a heavy hitter as long as there is room, else recent or gone.
        assertThat(trial.step(attention(10, 9, 0.1)))
                .containsExactly(
                        List.of(0),
                        List.of(0, 2, 5, 8),
                        List.of(0, 1, 2, 3, 5, 8, 9),
                        List.of(0, 1, 2, 5, 6, 7, 8, 9),
                        List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        // The third head's heavy hitters are 1, 3 and the better of the two letters, the second; the fourth's 1, 6, 7.
        assertThat(trial.step(attention(11, 10, 0.2)).subList(2, 4))
                .containsExactly(List.of(0, 1, 2, 3, 5, 8, 10), List.of(0, 1, 2, 5, 6, 7, 8, 9, 10));
    }

    @Test
    void fastGensRecentTokensAreAShareOfTheText() {
        var trial = new PolicyTrial(new FastGen(), Map.of("heavy", "0", "local", "0.25"), 1, 1, 1)
                .reading("abcdefghijk")
                .voting(new double[] {4, 0, 0, 0, 0, 0, 2, 2});
        assertThat(trial.context(new double[8])).containsExactly(List.of(0, 6, 7));
        assertThat(trial.step(new double[9])).containsExactly(List.of(0, 6, 7, 8)); // a quarter of 9, rounded up
        assertThat(trial.step(new double[10])).containsExactly(List.of(0, 7, 8, 9));
    }

    private static double[][] attention(int tokens, int attended, double probability) {
        var rows = new double[5][tokens];
        for (var row : rows) {
            row[attended] = probability;
        }
        return rows;
    }

    @Property(tries = 100)
    void fastGenKeepsTheFirstTokenAndTakesNothingBack(
            @ForAll @IntRange(min = 1, max = 60) int context, @ForAll long seed) {
        var random = new Random(seed);
        var text =
                random.ints(100, 0, 4).mapToObj(i -> "ab .".substring(i, i + 1)).reduce("", String::concat);
        var trial = new PolicyTrial(new FastGen(), Map.of("target", "0.5"), 1, 2, 2)
                .reading(text)
                .voting(rows(2, context, random));
        var before =
                trial.context(new double[context]).stream().map(List::copyOf).toList();
        for (int step = 0; step < 20; step++) {
            var position = trial.length();
            var after = trial.step(rows(2, position + 1, random)).stream()
                    .map(List::copyOf)
                    .toList();
            for (int head = 0; head < 2; head++) {
                assertThat(after.get(head)).contains(0);
                assertThat(before.get(head))
                        .containsAll(after.get(head).stream()
                                .filter(token -> token < position)
                                .toList());
            }
            before = after;
        }
    }

    @Test
    void infLlmRecallsTheBlockOfTheBestRepresentative() {
        // One initial token, five local ones, blocks of two with one key each, of which the device has room for one.
        var options = Map.of("start", "1", "block", "2", "representatives", "1");
        var keys = new float[1][14][];
        Arrays.fill(keys[0], new float[] {9, 9});
        Arrays.fill(keys[0], 7, 14, new float[] {0, 0});
        keys[0][2] = new float[] {1, 0};
        keys[0][3] = new float[] {0, 1};
        keys[0][5] = new float[] {0.5f, 0.5f};
        var trial = new PolicyTrial(new InfLlm(), options, 10, 1, keys)
                .voting(sixteenths(0, 1, 2, 2, 1, 2, 1, 1, 1, 1, 1, 1))
                .attending(new double[14]);
        assertThat(trial.context(12, new double[0][])).containsExactly(List.of(0, 7, 8, 9, 10, 11));
        assertThat(trial.step(new double[] {1, 0.1})).containsExactly(List.of(0, 1, 2, 7, 8, 9, 10, 11, 12));
        // The second block answers now; the first one goes, and so does 7 8, which has left the window.
        assertThat(trial.step(new double[] {0.1, 1})).containsExactly(List.of(0, 3, 4, 9, 10, 11, 12, 13));
        assertThat(trial.chosen(0)).containsExactly(0, 3, 4, 9, 10, 11, 12, 13);
        assertThat(trial.policy().distance(3, 13, 8)).isEqualTo(5);
        assertThat(trial.policy().distance(12, 13, 8)).isEqualTo(1);
        assertThatThrownBy(() -> new PolicyTrial(new InfLlm(), Map.of(), 128, 1, 1))
                .hasMessageContaining("budget 128 is too small for policy 'infllm'");
    }

    @Property(tries = 100)
    void infLlmHoldsAtMostTheBudgetWithItsFirstAndLastTokens(
            @ForAll @IntRange(min = 20, max = 40) int budget,
            @ForAll @IntRange(min = 1, max = 100) int context,
            @ForAll long seed) {
        var random = new Random(seed);
        var keys = new float[2][130][];
        for (var head : keys) {
            Arrays.setAll(head, token -> new float[] {random.nextFloat(), random.nextFloat()});
        }
        var trial = new PolicyTrial(new InfLlm(), Map.of("start", "2", "block", "3"), budget, 4, keys)
                .voting(rows(4, context, random));
        trial.context(context, new double[0][]);
        for (int step = 0; step < 20; step++) {
            trial.attending(rows(4, trial.length() + 1, random));
            for (var held : trial.step(rows(4, 2, random))) {
                assertThat(held.size()).isLessThanOrEqualTo(budget);
                assertThat(held).contains(0);
                var last = Math.min(trial.length(), budget / 2);
                assertThat(held)
                        .containsAll(IntStream.range(trial.length() - last, trial.length())
                                .boxed()
                                .toList());
                assertThat(held).containsAll(trial.chosen(0));
                if (trial.length() <= budget / 2) {
                    assertThat(trial.chosen(3)).hasSize(trial.length());
                }
            }
        }
    }

    @Test
    void sparQAttendsWhereTheLargestElementsPointAndLetsTheMeanValueStandForTheRest() {
        float[][][] keys = {{{1, 9}, {2, 0}, {0, 5}, {1, 2}}}; // values too
        var trial = new PolicyTrial(new SparQ(), Map.of("elements", "1", "tokens", "2"), 9, 1, keys);
        assertThat(trial.context(3, new double[0][])).containsExactly(List.of(0, 1, 2));
        assertThat(trial.step(new double[] {3, 1})).containsExactly(List.of(0, 1, 2, 3));
        assertThat(trial.chosen(0)).containsExactly(1, 3); // the best, and the newest
        // By the first element alone the scores are 3 6 0 3, at temperature sqrt(2 * 3/4).
        var temperature = Math.sqrt(1.5);
        var taken = 1 + Math.exp(-3 / temperature);
        var rest = Math.exp(-3 / temperature) + Math.exp(-6 / temperature);
        var estimate = trial.policy().estimates(0, 7).getFirst();
        assertThat(estimate.logit()).isCloseTo(7 + Math.log(rest / taken), within(1e-6));
        assertThat(estimate.value()).containsExactly(1, 4);
    }

    @Test
    void sparQSumsItsGuessesOverTheQueryHeadsOfAKvHead() {
        float[][][] keys = {{{4, 0}, {0, 4}, {3, 3}, {0, 0}}};
        var trial = new PolicyTrial(new SparQ(), Map.of("elements", "2", "tokens", "2"), 9, 2, keys);
        trial.context(3, new double[0][]);
        trial.step(new double[][] {{1, 0.9}, {0.9, 1}});
        assertThat(trial.chosen(0)).containsExactly(2, 3);
        assertThat(trial.chosen(1)).containsExactly(2, 3);
    }

    /** The window of the last tokens was once left out. */
    @Test
    void sparQAlwaysTakesTheLastTokens() {
        float[][][] keys = {{{9, 0}, {8, 0}, {7, 0}, {6, 0}, {0, 0}, {0, 0}}};
        var options = Map.of("elements", "1", "tokens", "4", "local", "0.5");
        var trial = new PolicyTrial(new SparQ(), options, 9, 1, keys);
        trial.context(5, new double[0][]);
        trial.step(new double[] {1, 0});
        assertThat(trial.chosen(0)).containsExactly(0, 1, 4, 5);
        // The keys once more, by element, and the mean value; one element of six keys read.
        assertThat(trial.policy().summaryBytes()).isEqualTo(7 * 2 * Float.BYTES);
        assertThat(new PolicyTrial(new SparQ(), Map.of(), 9, 1, keys).scoredBytes())
                .isZero();
    }

    /** Chunks of two, four of them last; one outlier, two chosen. The low rank is the full one. */
    private static PolicyTrial shadow(Map<String, String> more, float[]... keys) {
        var all = new float[1][22][];
        Arrays.fill(all[0], new float[] {0, 0});
        System.arraycopy(keys, 0, all[0], 0, keys.length);
        var options = new HashMap<>(Map.of("chunk", "2", "outliers", "0.15", "rank", "1"));
        options.putAll(more);
        return new PolicyTrial(new ShadowKv(), options, 14, 1, all);
    }

    @Test
    void shadowKvFetchesTheChunksOfTheBestMeanAndKeepsOutliersAndTheLastOnes() {
        float[] east = {1, 0};
        float[] north = {0, 1};
        float[] far = {0, 2};
        float[] west = {-1, 0};
        float[] south = {0, -1};
        // The third chunk's mean is (0, 0), which is like none of its keys.
        var trial = shadow(Map.of(), east, east, north, north, east, west, far, far, west, west, south, south);
        var always = List.of(4, 5, 12, 13, 14, 15, 16, 17, 18, 19);
        assertThat(trial.context(20, new double[0][])).containsExactly(always);
        var held = trial.step(new double[] {0, 1}).getFirst();
        assertThat(trial.chosen(0)).containsExactly(2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 20);
        assertThat(held).isEqualTo(trial.chosen(0));
        // Five mean keys, the second factor of two rows, and the first factor's rows of four chosen tokens.
        assertThat(trial.scoredBytes()).isEqualTo(((5 + 2) * 2 + 4 * 2) * Float.BYTES);
        assertThat(trial.policy().summaryBytes()).isEqualTo(((20 + 2) * 2 + 5 * 2) * Float.BYTES);
        assertThat(trial.policy().recalledBytes(2)).isEqualTo(2 * Float.BYTES); // a value alone
        // The first chunk, and of those with the same mean the second; 6 7 leave the device.
        held = trial.step(new double[] {1, 0}).getFirst();
        assertThat(held).containsExactly(0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
    }

    @Test
    void shadowKvsKeysAreOfLowRank() {
        var keys = new float[20][];
        Arrays.fill(keys, new float[] {2, 2});
        keys[1] = new float[] {1, -1};
        // Rank 1 keeps the direction of all others, to which token 1 is at right angles.
        var trial = shadow(Map.of("rank", "0.5", "outliers", "0"), keys);
        trial.context(20, new double[0][]);
        assertThat(stored(trial, 0, 2, 2)).containsExactly(new float[] {2, 2}, within(1e-5f));
        assertThat(stored(trial, 1, 1, -1)).containsExactly(new float[] {0, 0}, within(1e-5f));
        assertThat(stored(trial, 19, 1, -1)).containsExactly(1, -1); // one of the last
        assertThat(stored(trial, 20, 1, -1)).containsExactly(1, -1); // decoded
    }

    private static float[] stored(PolicyTrial trial, int token, float... key) {
        trial.policy().store(0, token, key, new float[2]);
        return key;
    }

    @Test
    void shadowKvKeepsAContextWithinTheBudgetAsItIs() {
        var trial = shadow(Map.of("rank", "0.5"), new float[] {1, -1}, new float[] {2, 2});
        assertThat(trial.context(14, new double[0][]).getFirst()).hasSize(14);
        assertThat(stored(trial, 0, 1, -1)).containsExactly(1, -1);
        assertThat(trial.step(new double[] {1, 0}).getFirst()).hasSize(15);
        assertThatThrownBy(() -> new PolicyTrial(new ShadowKv(), Map.of(), 50, 1, 1))
                .hasMessageContaining("budget 50 is too small for policy 'shadowkv'");
    }

    /** Pages of two: sink, then keys (1,0), (0,1), then the window; one page beside sink and window takes part. */
    private static final Map<String, String> SMALL =
            Map.of("page-size", "2", "sink", "1", "window", "1", "attended", "budget", "digest", "centroid");

    private static PolicyTrial pages(String option, String value) {
        float[][][] keys = {new float[12][]};
        Arrays.fill(keys[0], new float[] {0, 0});
        keys[0][2] = keys[0][3] = new float[] {1, 0};
        keys[0][4] = new float[] {0, 0.5f};
        keys[0][5] = new float[] {0, 1.5f};
        var options = new HashMap<>(SMALL);
        options.put(option, value);
        var trial = new PolicyTrial(new Pages(), options, 6, 1, keys);
        trial.context(8, new double[][] {{0, 0}});
        return trial;
    }

    @Test
    void pagesOfTheStepBeforeServeAgainWhileTheQueryHardlyTurns() {
        var always = pages("reuse", "-1");
        always.step(new double[] {1, 0.1});
        assertThat(always.chosen(0)).contains(2, 3).doesNotContain(4, 5);
        always.step(new double[] {0.1, 1});
        assertThat(always.chosen(0)).contains(2, 3).doesNotContain(4, 5);
        always.step(new double[] {0.1, 1});
        assertThat(always.chosen(0)).contains(4, 5).doesNotContain(2, 3);
        var seldom = pages("reuse", "0.9");
        seldom.step(new double[] {1, 0.1});
        seldom.step(new double[] {0.1, 1});
        assertThat(seldom.chosen(0)).contains(4, 5).doesNotContain(2, 3);
    }

    @Test
    void ofTheChosenPagesTheBestTokensTakePartAndAllAreFetched() {
        var trial = pages("tokens", "0.2");
        var held = trial.step(new double[] {0, 1}).getFirst();
        assertThat(held).containsExactly(0, 1, 4, 5, 8);
        assertThat(trial.chosen(0)).containsExactly(5); // a fifth of five
    }

    @Test
    void pagesThatReachTheWantedMassAreEnough() {
        // Masses 1 2 4 8 16, together 31; the first takes part anyway.
        var masses = IntStream.range(0, 5).mapToDouble(i -> 2 * i * Math.log(2)).toArray();
        var first = new BitSet();
        first.set(0);
        int[] best = {1, 2, 3, 4};
        assertThat(ideas(0.5).enough(masses, 2, first, best)).containsExactly(4);
        assertThat(ideas(0.6).enough(masses, 2, first, best)).containsExactly(4, 3);
        assertThat(ideas(0.02).enough(masses, 2, first, best)).isEmpty();
        assertThat(ideas(1).enough(masses, 2, first, best)).containsExactly(best);
    }

    private static PageIdeas ideas(double mass) {
        return new PageIdeas(2, 1, mass, false);
    }

    private static double[][] rows(int heads, int tokens, Random random) {
        var rows = new double[heads][tokens];
        for (var row : rows) {
            Arrays.setAll(row, token -> random.nextDouble());
        }
        return rows;
    }
}
