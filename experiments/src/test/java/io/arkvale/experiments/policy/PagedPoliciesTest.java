package io.arkvale.experiments.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.policy.bound.Oracle;
import io.arkvale.experiments.policy.page.Digests;
import io.arkvale.experiments.policy.recall.Pages;
import io.arkvale.experiments.policy.sparse.Quest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Policies that choose by page: hand-worked examples with pages of 2 tokens, and what holds whatever they are shown. */
class PagedPoliciesTest {
    /** One sink and one window page, three pages on the device, two filled ones attended. */
    private static final Map<String, String> SMALL =
            Map.of("page-size", "2", "sink", "1", "window", "1", "attended", "budget");

    @Test
    void oracleRecallsThePageOfTheLargestExactScore() {
        var trial = new PolicyTrial(new Oracle(), SMALL, 6, 1, 1);
        // Five pages: 01 23 45 67 89. After the context: sink 01, window 89, and 45, which has the largest probability.
        var row = PolicyTrial.sixteenths(1, 1, 1, 2, 4, 1, 3, 1, 1, 1);
        assertThat(trial.context(10, new double[0][], row)).containsExactly(List.of(0, 1, 4, 5, 8, 9));
        // Token 10 opens a page. Scores of the filled pages: 9 5 1 7 2; the sink and the new page are taken anyway.
        // k = c - 1 = 2 filled pages: the sink and one ranked, 67, which is recalled; the lowest, 45, gives way, then
        // 89.
        assertThat(trial.step(new double[] {9, 1, 5, 1, 1, 1, 1, 7, 2, 1, 0})).containsExactly(List.of(0, 1, 6, 7, 10));
        assertThat(trial.chosen(0)).containsExactly(0, 1, 6, 7, 10);
        // Token 11 fills the page. Now 23 has the largest score and comes back; 67 gives way.
        assertThat(trial.step(new double[] {0, 0, 5, 6, 1, 1, 2, 2, 3, 3, 0, 0}))
                .containsExactly(List.of(0, 1, 2, 3, 10, 11));
        assertThat(trial.chosen(0)).containsExactly(0, 1, 2, 3, 10, 11);
    }

    @Test
    void headsThatChooseForThemselvesHoldDifferentPages() {
        var options = new HashMap<>(SMALL);
        options.put("choice", "kv-head");
        var trial = new PolicyTrial(new Oracle(), options, 6, 2, 2);
        assertThat(trial.context(
                        10,
                        new double[0][],
                        PolicyTrial.sixteenths(1, 1, 5, 1, 1, 1, 1, 1, 1, 1),
                        PolicyTrial.sixteenths(1, 1, 1, 1, 1, 1, 1, 5, 1, 1)))
                .containsExactly(List.of(0, 1, 2, 3, 8, 9), List.of(0, 1, 6, 7, 8, 9));
    }

    @Test
    void digestsRankPagesByTheirKeys() {
        // One RoPE pair. Keys of the pages: (0,0)(0,0)  (4,0)(0,4)  (3,3)(3,3)  (0,0)(0,0).
        float[][][] keys = {{{0, 0}, {0, 0}, {4, 0}, {0, 4}, {3, 3}, {3, 3}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}};
        // Query (1,1): exact largest dot products 0 4 6 0; box bound 0 8 6 0; centroid 0 4 6 0;
        // disc: centre (2,2), radius 2.83, so 4 + 1.41 * 2.83 = 8 against 6; half discs are the keys themselves: 4 and
        // 6.
        assertThat(best("cuboid-max", keys)).isEqualTo(1);
        assertThat(best("cuboid-mean", keys)).isEqualTo(1);
        assertThat(best("disc", keys)).isEqualTo(1);
        assertThat(best("centroid", keys)).isEqualTo(2);
        assertThat(best("half-discs", keys)).isEqualTo(2);
        // Distances from (2,2) are 2.83 twice: sphere 4 + 1.41 * 2.83 = 8 against 6, whatever the radius is made of.
        assertThat(best("sphere-max", keys)).isEqualTo(1);
        assertThat(best("sphere-mean", keys)).isEqualTo(1);
        assertThat(best("sphere-center", keys)).isEqualTo(1);
        assertThat(best("cuboid-center", keys)).isEqualTo(1);
    }

    @Test
    void digestsOfFewBitsRankPagesByWhatIsLeftOfTheirKeys() {
        // Keys of the pages: (0,0)(0,0)  (6,0)(0,7)  (4.9,3.4)(4.9,3.4)  (0,0)(0,0). Query (1,1): 0 7 8.3 0.
        float[][][] keys = {{{0, 0}, {0, 0}, {6, 0}, {0, 7}, {4.9f, 3.4f}, {4.9f, 3.4f}, {0, 0}, {0, 0}}};
        // Two bits leave 0, 2, 4, 6 of the first channel and 0, 2.33, 4.67, 7 of the second: (4, 2.33) is 6.33.
        assertThat(best("half-discs", keys)).isEqualTo(2);
        assertThat(best("half-discs", keys, "2")).isEqualTo(1);
        assertThat(best("half-discs", keys, "8")).isEqualTo(2);
    }

    @Test
    void extentCountsAsMuchAsIsAsked() {
        float[][][] keys = {{{0, 0}, {0, 0}, {4, 0}, {0, 4}, {3, 3}, {3, 3}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}};
        // Page 1 is 4 + 1.41 * 2.83 * extent, page 2 is 6: they are equal at one half.
        assertThat(best("disc", keys, "32", "1.0")).isEqualTo(1);
        assertThat(best("disc", keys, "32", "0.51")).isEqualTo(1);
        assertThat(best("disc", keys, "32", "0.49")).isEqualTo(2);
        assertThat(best("disc", keys, "32", "0")).isEqualTo(2);
        // A mean of 64 elements in five bits, and with it 32 distances.
        assertThat(Digests.named("half-discs").with(5, 0).create(64).pageBytes())
                .isEqualTo(2 * 64 * 5 / 8);
        assertThat(Digests.named("half-discs").with(5, 0.5).create(64).pageBytes())
                .isEqualTo(2 * 96 * 5 / 8);
    }

    @Test
    void descriptionsRankPagesAndTakeNoOtherDigestsOptions() {
        float[][][] keys = {{{0, 0}, {0, 0}, {4, 0}, {0, 4}, {3, 3}, {3, 3}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}};
        assertThat(best("disc-max*0.51", keys)).isEqualTo(1);
        assertThat(best("disc-max*0.49", keys)).isEqualTo(2);
        assertThatThrownBy(() -> best("disc-max*0.49", keys, "5"))
                .hasMessageContaining("digest is 'disc-max*0.49', bits 5 and extent 1.0; a description says both");
        var options = new HashMap<>(SMALL);
        options.put("scales", "frames");
        assertThatThrownBy(() -> new PolicyTrial(new Pages(), options, 6, 1, keys))
                .hasMessageContaining("scales is 'frames' with digest disc; it belongs to a description");
    }

    @Test
    void fewBitsOfOtherDigestsAreRefused() {
        assertThatThrownBy(() -> best("cuboid-max", new float[1][8][2], "5"))
                .hasMessage(
                        "bits is 5 and extent 1.0 with digest cuboid-max; allowed: 32 and 1.0, 16 for the digests of the"
                                + " interface, less only for discs");
        assertThatThrownBy(() -> best("mean-2std", new float[1][8][2], "16"))
                .hasMessageContaining("allowed: 32 and 1.0");
    }

    @Test
    void thePapersDigestsAreStoredInHalfWhenAsked() {
        // Of 64 elements a centre and half a width.
        assertThat(Digests.named("cuboid-max").create(64).pageBytes()).isEqualTo(2 * 64 * 4);
        assertThat(Digests.named("cuboid-max").with(16, 1).create(64).pageBytes())
                .isEqualTo(2 * 64 * 2);
        // 2049 lies between two numbers of F16, 2048 and 2050: the box of one key reads 2048.
        var digest = Digests.named("cuboid-max").with(16, 1).create(1);
        digest.add(new float[][] {{2049}});
        assertThat(digest.score(new float[] {1}, 0)).isEqualTo(2048);
    }

    /** The page of tokens 2 to 5 that is kept beside sink and window. */
    private static int best(String digest, float[][][] keys) {
        return best(digest, keys, "32");
    }

    private static int best(String digest, float[][][] keys, String bits) {
        return best(digest, keys, bits, "1.0");
    }

    private static int best(String digest, float[][][] keys, String bits, String extent) {
        var options = new HashMap<>(SMALL);
        options.put("digest", digest);
        options.put("bits", bits);
        options.put("extent", extent);
        var trial = new PolicyTrial(new Pages(), options, 6, 1, keys);
        var kept = trial.context(8, new double[][] {{1, 1}}).getFirst();
        assertThat(kept).hasSize(6).contains(0, 1, 6, 7);
        return kept.get(2) / 2;
    }

    @Test
    void questHoldsEverythingAndEachQueryHeadChooses() {
        float[][][] keys = {{{5, 0}, {5, 0}, {0, 5}, {0, 5}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}};
        var trial = new PolicyTrial(new Quest(), Map.of("page-size", "2"), 6, 2, keys);
        assertThat(trial.context(10, new double[2][2]))
                .containsExactly(IntStream.range(0, 10).boxed().toList());
        assertThat(trial.step(new double[][] {{1, 0}, {0, 1}}).getFirst()).hasSize(11);
        // Three pages in all: the new one, the one the head looks for, and (1,1).
        assertThat(trial.chosen(0)).containsExactly(0, 1, 4, 5, 10);
        assertThat(trial.chosen(1)).containsExactly(2, 3, 4, 5, 10);
    }

    @Test
    void aBudgetWithoutRoomForARankedPageIsRefused() {
        assertThatThrownBy(() -> new PolicyTrial(new Oracle(), Map.of(), 128, 1, 1))
                .hasMessage("budget 128 is 4 pages of 32 tokens: 2 sink and 2 window pages need at least 5");
    }

    @Property(tries = 100)
    void holdsAtMostTheBudgetWithSinkAndWindowAndAllThatTookPart(
            @ForAll @IntRange(min = 4, max = 8) int budgetPages,
            @ForAll @IntRange(min = 1, max = 40) int context,
            @ForAll long seed) {
        var random = new Random(seed);
        var trial = new PolicyTrial(
                new Oracle(), Map.of("page-size", "2", "sink", "1", "window", "2"), 2 * budgetPages, 2, 1);
        trial.context(context, new double[0][], rows(context, random));
        for (int i = 0; i < 20; i++) {
            var held = trial.step(rows(trial.length() + 1, random)).getFirst();
            var pages = held.stream().map(token -> token / 2).distinct().toList();
            assertThat(pages.size()).isEqualTo(Math.min(budgetPages, Math.ceilDiv(trial.length(), 2)));
            assertThat(held).contains(0, trial.length() - 1, Math.max(0, trial.length() - 3));
            assertThat(held).containsAll(trial.chosen(0)).containsAll(trial.chosen(1));
            if (trial.length() <= 2 * budgetPages) {
                assertThat(trial.chosen(0)).hasSize(trial.length());
            }
        }
    }

    private static double[][] rows(int tokens, Random random) {
        var rows = new double[2][tokens];
        for (var row : rows) {
            Arrays.setAll(row, token -> random.nextDouble());
        }
        return rows;
    }
}
