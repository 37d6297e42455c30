package io.arkvale.experiments.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.Backends;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.run.ShippedModel;
import io.arkvale.experiments.task.HeldOutText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is measured of full attention, worked out by hand, and on the shipped model. */
class MeasuresTest {
    private static final int CONTEXT = 300;
    private static final int FED = 20;

    /** Two query heads of two elements, five tokens, pages of two. */
    private static final LayerAttention FIVE_TOKENS = new LayerAttention(
            0, 0, 5, new float[4], new float[4], new float[4], new float[][] {{1, 4, 0, 2, 9}, {3, 1, 7, 5, 9}});

    @Test
    void aPageScoresItsLargestTokenMeanOverHeads() {
        // Pages {1, 4} and {0, 2} of one head, {3, 1} and {7, 5} of the other; the last page is not full.
        assertThat(FIVE_TOKENS.pageScores(2)).containsExactly((4 + 3) / 2.0, (2 + 7) / 2.0);
    }

    @Test
    void massesOfPagesAreSumsOfTheSoftmax() {
        var exponents = Arrays.stream(new double[] {1, 4, 0, 2, 9})
                .map(score -> Math.exp(score / Math.sqrt(2)))
                .toArray();
        var sum = Arrays.stream(exponents).sum();
        var masses = FIVE_TOKENS.pageMasses(0, 2);
        assertThat(masses).hasSize(3);
        assertThat(masses[0]).isCloseTo((exponents[0] + exponents[1]) / sum, within(1e-12));
        assertThat(masses[1]).isCloseTo((exponents[2] + exponents[3]) / sum, within(1e-12));
        assertThat(masses[2]).isCloseTo(exponents[4] / sum, within(1e-12));
    }

    @Test
    void theFewestPagesThatHoldAShareAreTheLargest() {
        var masses = new double[] {0.05, 0.5, 0.15, 0.3};
        assertThat(Sparsity.pagesHolding(0.5, masses)).isEqualTo(1);
        assertThat(Sparsity.pagesHolding(0.8, masses)).isEqualTo(2);
        assertThat(Sparsity.pagesHolding(0.9, masses)).isEqualTo(3);
        assertThat(Sparsity.pagesHolding(0.99, masses)).isEqualTo(4);
    }

    @Test
    void ranksBeginWithOneAndTiesGoToTheLowerPage() {
        assertThat(PageRanks.ranks(new double[] {2, 7, 2, 9})).containsExactly(3, 2, 4, 1);
    }

    @Test
    void theShareFoundIsOfAsManyAsAreWanted() {
        var best = new int[] {4, 2, 0, 1, 3};
        var estimated = new int[] {2, 0, 1, 3, 4};
        assertThat(DigestRecall.shareFound(best, estimated, 1)).isZero();
        assertThat(DigestRecall.shareFound(best, estimated, 2)).isEqualTo(0.5);
        assertThat(DigestRecall.shareFound(best, estimated, 4)).isEqualTo(0.75);
        assertThat(DigestRecall.shareFound(best, estimated, 64)).isEqualTo(1);
    }

    @Test
    void onePageOfTheWholeTextHoldsItAll() {
        var report = measure(Measure.SPARSITY, 1024, 2);
        assertThat(report.rows()).hasSize(6 * 3);
        assertThat(report.asMaps()).allSatisfy(row -> {
            assertThat(row.get("pages")).hasToString("1.00");
            assertThat(row.get("all_pages")).hasToString("1.0");
            assertThat(row.get("steps")).isEqualTo(FED);
        });
    }

    @Test
    void layersDifferInHowFewPagesHoldTheirAttention() {
        var report = measure(Measure.SPARSITY, 8, 2);
        assertThat(report.asMaps()).allSatisfy(row -> {
            var pages = number(row, "pages");
            assertThat(pages).isBetween(1.0, 40.0);
            assertThat(number(row, "all_pages")).isCloseTo(39.4, within(0.5));
        });
        assertThat(report.asMaps().stream()
                        .map(row -> row.get("pages"))
                        .distinct()
                        .count())
                .isGreaterThan(6);
    }

    @Test
    void everyPageOfTheContextHasARankAtEveryFourthStep() {
        var report = measure(Measure.RANKS, 32, 3);
        assertThat(report.rows()).hasSize(3 * 9); // nine filled pages in 300 tokens
        var first = report.asMaps().getFirst();
        assertThat(first.get("layer")).isEqualTo(3);
        assertThat(first.get("pages")).isEqualTo(9);
        assertThat(text(first, "ranks").split(" ", -1)).hasSize(FED / 4);
        // The ranks of a step are a permutation: their sum over the nine pages is 45 at every one.
        var sums = new int[FED / 4];
        report.asMaps().stream()
                .filter(row -> number(row, "layer") == 3)
                .forEach(row -> Arrays.setAll(
                        sums, i -> sums[i] + Integer.parseInt(text(row, "ranks").split(" ", -1)[i])));
        assertThat(sums).containsOnly(45);
    }

    @Test
    void everyDigestOfPagesOfOneTokenIsThatToken() {
        var report = measure(Measure.DIGESTS, 1, 4);
        assertThat(report.rows()).hasSize(2 * 7 * 7);
        // Scores that differ by a rounding may change places at the edge of the best 64.
        assertThat(report.asMaps())
                .allSatisfy(row ->
                        assertThat(number(row, "found")).as(row.toString()).isGreaterThan(0.99));
    }

    @Test
    void digestsOfWholePagesMissSomeAndTheUpperBoundOthers() {
        var report = measure(Measure.DIGESTS, 16, 2);
        var found = report.asMaps().stream()
                .filter(row -> number(row, "top") == 2)
                .mapToDouble(row -> number(row, "found"))
                .toArray();
        assertThat(found).hasSize(4 * 7);
        assertThat(Arrays.stream(found).average().orElseThrow()).isBetween(0.3, 0.99);
        assertThat(Arrays.stream(found).distinct().count()).isGreaterThan(5);
    }

    @Test
    void aFrontierHasAllDigestsInEveryCellBesideTheExactScores() {
        var rows = measure(Measure.FRONTIER, 16, 2).asMaps();
        assertThat(rows).hasSize(2 * 2 * 8); // half and all attended, one choice and two, seven digests and the truth
        assertThat(rows).allSatisfy(row -> {
            // Ten pages, or five of them: less one that is open, two first ones, and one more last one.
            assertThat(row.get("picks")).isEqualTo("half".equals(row.get("attended")) ? 2 : 6);
            assertThat(row.get("choices")).isEqualTo(FED / 4 * 4 * (int) number(row, "head_groups"));
            var isExact = "exact".equals(row.get("digest"));
            assertThat(number(row, "found")).isBetween(isExact ? 1 : 0.1, isExact ? 1 : 0.999);
            assertThat(number(row, "best_found")).isBetween(isExact ? 1 : 0.1, 1.0);
            assertThat(number(row, "mass")).isBetween(0.1, 1.0);
        });
        assertThat(rows.getFirst().get("digest")).isEqualTo("cuboid-max");
        assertThat(number(rows.getFirst(), "bits_per_channel")).isEqualTo(32);
    }

    @Test
    void everyDigestOfPagesOfOneTokenFindsWhatABudgetHasRoomFor() {
        // Halves of keys that are nearly equal may change places.
        assertThat(measure(Measure.FRONTIER, 1, 4).asMaps())
                .allSatisfy(row ->
                        assertThat(number(row, "found")).as(row.toString()).isGreaterThan(0.9));
    }

    @Test
    void aContextOfTooFewPagesIsRefused() {
        assertThatThrownBy(() -> measure(Measure.DIGESTS, 128, 2))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("300 tokens")
                .hasMessageContaining("512");
        assertThatThrownBy(() -> measure(Measure.FRONTIER, 128, 2))
                .isInstanceOf(UserException.class)
                .hasMessage("the context has 300 tokens; a frontier needs at least 640, five pages");
    }

    private static String text(Map<String, ?> row, String column) {
        return String.valueOf(row.get(column));
    }

    private static double number(Map<String, ?> row, String column) {
        return Double.parseDouble(text(row, column));
    }

    private static Report measure(Measure measure, int pageSize, int denseLayers) {
        try (var model = new ShippedModel();
                var backend = Backends.create("cpu", Map.of())) {
            var lab = model.lab(backend);
            var steps = new int[1];
            var passage = Passage.of(lab, HeldOutText.bytes(), CONTEXT, FED);
            var report = measure.of(
                    lab, passage, pageSize, denseLayers, List.of(), List.of(10 * pageSize), () -> steps[0]++);
            assertThat(steps[0]).isEqualTo(FED);
            return report;
        }
    }
}
