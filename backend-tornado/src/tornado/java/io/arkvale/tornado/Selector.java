package io.arkvale.tornado;

import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.PageTable;
import io.arkvale.api.support.Selection;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Step (c), once pages are ranked: decides which take part, which come back and which go. Pure and exact. */
final class Selector {
    /** Pages between sink and window, best first. */
    private int[] order = new int[0];

    /**
     * The selection of a sequence that is over its budget.
     *
     * @param pages pages as they are after the step's append, the last one counted
     * @param opening pages that the step will open but has not yet, counted as resident: 1 in a prefetch, else 0
     * @param ranks how many pages between sink and window go before a page
     */
    Selection select(SequenceSpec spec, PageTable<?> table, int pages, int opening, IntUnaryOperator ranks) {
        int sink = spec.sinkPages();
        int window = pages - spec.windowPages();
        sort(sink, window, ranks);
        var ranked = Arrays.copyOf(order, spec.rankedPages());
        Arrays.sort(ranked);
        var selected = new int[sink + ranked.length + spec.windowPages()];
        for (int i = 0; i < selected.length; i++) {
            int beyond = i - sink - ranked.length;
            selected[i] = i < sink ? i : beyond < 0 ? ranked[i - sink] : window + beyond;
        }
        var recalls =
                Arrays.stream(ranked).filter(page -> !table.isResident(page)).toArray();
        int victims = Math.max(0, table.residents() + opening + recalls.length - spec.budgetPages());
        return new Selection(selected, recalls, worst(table, ranked.length, victims));
    }

    /** The {@code victims} resident pages between sink and window that go last, worst first. */
    int[] victims(SequenceSpec spec, PageTable<?> table, int victims, IntUnaryOperator ranks) {
        sort(spec.sinkPages(), table.pages() - spec.windowPages(), ranks);
        return worst(table, 0, victims);
    }

    /** The last resident pages of the order, last first, the first {@code kept} of it left out. */
    private int[] worst(PageTable<?> table, int kept, int victims) {
        return IntStream.range(kept, order.length)
                .map(i -> order[kept + order.length - 1 - i])
                .filter(table::isResident)
                .limit(victims)
                .toArray();
    }

    /** A counting sort; pages of one rank, which numbers that are none may lead to, keep their order. */
    private void sort(int from, int to, IntUnaryOperator ranks) {
        var ends = new int[to - from + 1];
        for (int page = from; page < to; page++) {
            ends[ranks.applyAsInt(page) + 1]++;
        }
        for (int rank = 1; rank < ends.length; rank++) {
            ends[rank] += ends[rank - 1];
        }
        order = new int[to - from];
        for (int page = from; page < to; page++) {
            order[ends[ranks.applyAsInt(page)]++] = page;
        }
    }
}
