package io.arkvale.tornado;

import io.arkvale.api.SequenceSpec;
import java.util.Arrays;

/** Step (c): ranks pages and decides which take part, which come back and which go. Pure and exact. */
final class Selector {
    /** Score of a page. */
    @FunctionalInterface
    interface Scores {
        float of(int page);
    }

    /** Pages to rank, best first once sorted: the score's rank above, the page below. */
    private long[] ranking = new long[64];

    private int count;

    /**
     * The selection of a sequence that is over its budget.
     *
     * @param pages pages as they are after the step's append, the last one counted
     * @param opening pages that the step will open but has not yet, counted as resident: 1 in a prefetch, else 0
     */
    Selection select(SequenceSpec spec, PageTable table, int pages, int opening, Scores scores) {
        int sink = spec.sinkPages();
        int window = pages - spec.windowPages();
        count = 0;
        for (int page = sink; page < window; page++) {
            rank(page, scores.of(page));
        }
        var ranked = new int[spec.rankedPages()];
        takeFirst(ranked.length);
        Arrays.setAll(ranked, i -> page(ranking[i]));
        Arrays.sort(ranked);
        var selected = new int[sink + ranked.length + spec.windowPages()];
        for (int i = 0; i < selected.length; i++) {
            int beyond = i - sink - ranked.length;
            selected[i] = i < sink ? i : beyond < 0 ? ranked[i - sink] : window + beyond;
        }
        var recalls =
                Arrays.stream(ranked).filter(page -> !table.isResident(page)).toArray();
        int victims = Math.max(0, table.residents + opening + recalls.length - spec.budgetPages());
        return new Selection(selected, recalls, victims(spec, table, pages, ranked, victims, scores));
    }

    /**
     * The {@code victims} resident pages of the lowest score outside sink and window and not {@code kept}, worst first.
     *
     * @param kept ascending
     */
    int[] victims(SequenceSpec spec, PageTable table, int pages, int[] kept, int victims, Scores scores) {
        var chosen = new int[victims];
        if (victims == 0) {
            return chosen;
        }
        count = 0;
        for (int page = spec.sinkPages(), next = 0; page < pages - spec.windowPages(); page++) {
            if (next < kept.length && kept[next] == page) {
                next++;
            } else if (table.isResident(page)) {
                rank(page, scores.of(page));
            }
        }
        Arrays.sort(ranking, 0, count);
        Arrays.setAll(chosen, i -> page(ranking[count - 1 - i]));
        return chosen;
    }

    /** Brings the {@code wanted} best to the front, in any order: a quickselect, since there are many others. */
    private void takeFirst(int wanted) {
        int from = 0;
        int to = count - 1;
        while (from < to) {
            long pivot = ranking[(from + to) >>> 1];
            int left = from;
            int right = to;
            while (left <= right) {
                while (ranking[left] < pivot) {
                    left++;
                }
                while (ranking[right] > pivot) {
                    right--;
                }
                if (left <= right) {
                    long swapped = ranking[left];
                    ranking[left++] = ranking[right];
                    ranking[right--] = swapped;
                }
            }
            if (wanted <= right + 1) {
                to = right;
            } else if (wanted >= left) {
                from = left;
            } else {
                return;
            }
        }
    }

    private void rank(int page, float score) {
        if (count == ranking.length) {
            ranking = Arrays.copyOf(ranking, 2 * count);
        }
        ranking[count++] = (long) descending(score) << Integer.SIZE | page;
    }

    /** An integer that grows as the score falls: −0 as +0, NaN beyond −∞. */
    private static int descending(float score) {
        if (Float.isNaN(score)) {
            return Integer.MAX_VALUE;
        }
        int bits = Float.floatToIntBits(score + 0f);
        return ~(bits < 0 ? bits ^ Integer.MAX_VALUE : bits);
    }

    private static int page(long ranked) {
        return (int) ranked;
    }
}
