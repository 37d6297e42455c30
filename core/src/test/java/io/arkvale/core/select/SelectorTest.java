package io.arkvale.core.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Digest;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.table.PageList;
import io.arkvale.core.table.PageTable;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hand-worked selections: 10 pages, sink 1, window 2, budget 6, k 5, so 3 pages by rank. */
class SelectorTest {
    private static final SequenceSpec SPEC = SequenceSpec.builder(4)
            .budgetPages(6)
            .attendedPages(5)
            .sinkPages(1)
            .windowPages(2)
            .build();

    private final Selector selector = new Selector();

    private static PageTable table(int pages, int... resident) {
        var table = new PageTable(Digest.CUBOID_MEAN);
        for (int page = 0; page < pages; page++) {
            table.open(page);
        }
        var stays = Arrays.stream(resident).boxed().toList();
        for (int page = 0; page < pages; page++) {
            if (!stays.contains(page)) {
                table.evict(page);
            }
        }
        return table;
    }

    /** What takes part, what comes back and what goes. */
    private record Moves(List<Integer> selected, List<Integer> recalls, List<Integer> victims) {}

    private static List<Integer> boxed(PageList pages) {
        return Arrays.stream(pages.toArray()).boxed().toList();
    }

    private Moves select(PageTable table, int pages, int opening, Selector.Scores scores) {
        var selection = new Selection();
        selector.select(SPEC, 6, 3, table, pages, opening, scores, selection);
        return new Moves(boxed(table.attended()), boxed(selection.recalls()), boxed(selection.victims()));
    }

    @Test
    void ranksRecallsAndEvictsTheLowestFirst() {
        // Residents: sink 0, 1 2 3 4 by rank so far, window 8 9: one over the budget.
        var table = table(10, 0, 1, 2, 3, 4, 8, 9);
        float[] scores = {0, 5, 4, 3, 2, 9, 8, 1, 0, 0};

        var selection = select(table, 10, 0, page -> scores[page]);

        assertThat(selection.selected()).containsExactly(0, 1, 5, 6, 8, 9);
        assertThat(selection.recalls()).containsExactly(5, 6);
        // 7 residents + 2 recalls − 6: pages 4, 3, 2 in this order.
        assertThat(selection.victims()).containsExactly(4, 3, 2);
    }

    @Test
    void tiesGoToTheLowerPageAndVictimsTheOtherWay() {
        var table = table(10, 0, 1, 2, 3, 4, 8, 9);

        var selection = select(table, 10, 0, page -> page % 2 == 0 ? -0f : 0f);

        assertThat(selection.selected()).containsExactly(0, 1, 2, 3, 8, 9);
        assertThat(selection.victims()).containsExactly(4);
    }

    @Test
    void notANumberRanksBelowNegativeInfinity() {
        var table = table(10, 0, 1, 2, 3, 4, 8, 9);
        float[] scores = {0, Float.NaN, Float.NEGATIVE_INFINITY, 1, 2, Float.NaN, Float.NaN, Float.NaN, 0, 0};

        var selection = select(table, 10, 0, page -> scores[page]);

        assertThat(selection.selected()).containsExactly(0, 2, 3, 4, 8, 9);
        assertThat(selection.victims()).containsExactly(1);
    }

    @Test
    void aPageAboutToOpenCountsAsResident() {
        var table = table(9, 0, 1, 2, 3, 7, 8);

        var selection = select(table, 10, 1, page -> -page);

        assertThat(selection.selected()).containsExactly(0, 1, 2, 3, 8, 9);
        assertThat(selection.victims()).containsExactly(7);
    }

    @Test
    void ranksInPlaceOfScoresSelectTheSame() {
        var random = new Random(5);
        for (int attempt = 0; attempt < 200; attempt++) {
            var table = table(10, 0, 1, 2, 3, 4, 8, 9);
            var scores = new float[10];
            for (int page = 0; page < scores.length; page++) {
                scores[page] = random.nextInt(-4, 3);
            }
            var ranks = new float[10];
            for (int page = 1; page < 8; page++) {
                for (int other = 1; other < 8; other++) {
                    boolean isBefore = scores[other] > scores[page] || (scores[other] == scores[page] && other < page);
                    ranks[page] -= isBefore ? 1 : 0;
                }
            }

            var byScore = select(table, 10, 0, page -> scores[page]);
            var byRank = select(table, 10, 0, page -> ranks[page]);

            assertThat(byRank.selected()).isEqualTo(byScore.selected());
            assertThat(byRank.recalls()).isEqualTo(byScore.recalls());
            assertThat(byRank.victims()).isEqualTo(byScore.victims());
        }
    }
}
