package io.arkvale.core.select;

import io.arkvale.api.SequenceSpec;
import io.arkvale.core.table.PageList;
import io.arkvale.core.table.PageTable;
import java.util.Arrays;

/** Step (c): ranks pages and decides which take part, which come back and which go. Pure and exact. */
public final class Selector {
    /** Score of a page. */
    @FunctionalInterface
    public interface Scores {
        float of(int page);
    }

    private final PageRanking ranking = new PageRanking(1024);
    private int[] chosen = new int[0];

    /**
     * Selects for a head group of a sequence that is over its budget. The table gets the pages that take part.
     *
     * @param budgetPages pages that stay resident
     * @param rankedPages pages that are chosen by rank
     * @param pages pages as they are after the step's append, the last one counted
     * @param opening pages that the step will open but has not yet, counted as resident: 1 in a prefetch, else 0
     * @param moves gets the pages that come back and those that go
     */
    public void select(
            SequenceSpec spec,
            int budgetPages,
            int rankedPages,
            PageTable table,
            int pages,
            int opening,
            Scores scores,
            Selection moves) {
        int sink = spec.sinkPages();
        int window = pages - spec.windowPages();
        rank(sink, window, rankedPages, scores);
        var selected = table.attended();
        selected.clear();
        moves.clear();
        for (int page = 0; page < sink; page++) {
            selected.add(page);
        }
        for (int i = 0; i < rankedPages; i++) {
            selected.add(chosen[i]);
            if (!table.isResident(chosen[i])) {
                moves.recalls().add(chosen[i]);
            }
        }
        for (int page = window; page < pages; page++) {
            selected.add(page);
        }
        int victims = Math.max(0, table.residents() + opening + moves.recalls().count() - budgetPages);
        victims(spec, table, pages, rankedPages, victims, scores, moves.victims());
    }

    /** Puts the best pages of a range, in page order, into {@link #chosen}. */
    private void rank(int from, int to, int count, Scores scores) {
        makeRoom(count);
        if (!isAboveAll(from, to, count, scores)) {
            ranking.clear();
            for (int page = from; page < to; page++) {
                ranking.add(page, scores.of(page));
            }
            ranking.best(count, chosen);
            Arrays.sort(chosen, 0, count);
        }
    }

    private void makeRoom(int count) {
        if (chosen.length < count) {
            chosen = new int[Math.max(count, 2 * chosen.length)];
        }
    }

    /**
     * Finds the best pages, in page order, by one look at each, if the scores are negative ranks, which a device may write:
     * then they are those above minus their number. Whatever the scores are, if just so many are above some number, no other
     * page goes before them.
     */
    private boolean isAboveAll(int from, int to, int count, Scores scores) {
        int found = 0;
        for (int page = from; page < to; page++) {
            if (scores.of(page) > -count) {
                if (found == count) {
                    return false;
                }
                chosen[found++] = page;
            }
        }
        return found == count;
    }

    /** As many resident pages of the lowest score, outside sink and window, worst first. */
    public void victims(SequenceSpec spec, PageTable table, int pages, int count, Scores scores, PageList victims) {
        victims(spec, table, pages, 0, count, scores, victims);
    }

    /** @param kept how many pages of {@link #chosen} stay */
    private void victims(
            SequenceSpec spec, PageTable table, int pages, int kept, int count, Scores scores, PageList victims) {
        victims.clear();
        if (count == 0) {
            return;
        }
        ranking.clear();
        for (int page = spec.sinkPages(), next = 0; page < pages - spec.windowPages(); page++) {
            if (next < kept && chosen[next] == page) {
                next++;
            } else if (table.isResident(page)) {
                ranking.add(page, scores.of(page));
            }
        }
        makeRoom(count);
        ranking.worst(count, chosen);
        for (int i = 0; i < count; i++) {
            victims.add(chosen[i]);
        }
    }
}
