package io.arkvale.core.select;

import io.arkvale.api.SequenceSpec;
import io.arkvale.core.table.PageTable;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Step (c): ranks pages and decides which take part, which come back and which go. Pure and exact. */
public final class Selector {
    /** Score of a page. */
    @FunctionalInterface
    public interface Scores {
        float of(int page);
    }

    private final PageRanking ranking = new PageRanking(1024);

    /**
     * The selection of a head group of a sequence that is over its budget.
     *
     * @param budgetPages pages that stay resident
     * @param rankedPages pages that are chosen by rank
     * @param pages pages as they are after the step's append, the last one counted
     * @param opening pages that the step will open but has not yet, counted as resident: 1 in a prefetch, else 0
     */
    public Selection select(
            SequenceSpec spec,
            int budgetPages,
            int rankedPages,
            PageTable table,
            int pages,
            int opening,
            Scores scores) {
        int sink = spec.sinkPages();
        int window = pages - spec.windowPages();
        var selected = new int[sink + rankedPages + spec.windowPages()];
        var ranked = new int[rankedPages];
        if (!isAboveAll(sink, window, ranked, scores)) {
            ranking.clear();
            for (int page = sink; page < window; page++) {
                ranking.add(page, scores.of(page));
            }
            ranking.best(ranked.length, ranked);
            Arrays.sort(ranked);
        }
        Arrays.setAll(selected, IntUnaryOperator.identity());
        System.arraycopy(ranked, 0, selected, sink, ranked.length);
        for (int i = 0; i < spec.windowPages(); i++) {
            selected[sink + ranked.length + i] = window + i;
        }
        var recalls =
                Arrays.stream(ranked).filter(page -> !table.isResident(page)).toArray();
        int victims = Math.max(0, table.residents() + opening + recalls.length - budgetPages);
        return new Selection(selected, recalls, victims(spec, table, pages, ranked, victims, scores));
    }

    /**
     * Finds the best pages, in page order, by one look at each, if the scores are negative ranks, which a device may write:
     * then they are those above minus their number. Whatever the scores are, if just so many are above some number, no other
     * page goes before them.
     */
    private static boolean isAboveAll(int from, int to, int[] best, Scores scores) {
        int found = 0;
        for (int page = from; page < to; page++) {
            if (scores.of(page) > -best.length) {
                if (found == best.length) {
                    return false;
                }
                best[found++] = page;
            }
        }
        return found == best.length;
    }

    /**
     * The {@code count} resident pages of the lowest score outside sink and window and not {@code kept}, worst first.
     *
     * @param kept ascending
     */
    public int[] victims(SequenceSpec spec, PageTable table, int pages, int[] kept, int count, Scores scores) {
        if (count == 0) {
            return new int[0];
        }
        ranking.clear();
        for (int page = spec.sinkPages(), next = 0; page < pages - spec.windowPages(); page++) {
            if (next < kept.length && kept[next] == page) {
                next++;
            } else if (table.isResident(page)) {
                ranking.add(page, scores.of(page));
            }
        }
        var victims = new int[count];
        ranking.worst(count, victims);
        return victims;
    }
}
