package io.arkvale.conformance.oracle;

import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Selection and eviction given the scores (rules 501, 502, 504 and 606), by sorting. */
public final class Ranking {
    private Ranking() {}

    /** Negative if page {@code a} ranks before page {@code b}: higher score, −0 as +0, NaN last, then the lower page. */
    public static int compare(double[] scores, int a, int b) {
        var byScore = Double.compare(key(scores[b]), key(scores[a]));
        var byNan = Boolean.compare(Double.isNaN(scores[a]), Double.isNaN(scores[b]));
        return byNan != 0 ? byNan : byScore != 0 ? byScore : Integer.compare(a, b);
    }

    private static double key(double score) {
        // Adding +0 turns −0 into +0; NaN is handled apart.
        return Double.isNaN(score) ? 0 : score + 0.0;
    }

    /** First {@code sink} and last {@code window} of {@code pages} pages. */
    public static BitSet pinned(SequenceSpec spec, int pages) {
        var pinned = new BitSet();
        pinned.set(0, Math.min(spec.sinkPages(), pages));
        pinned.set(Math.max(0, pages - spec.windowPages()), pages);
        return pinned;
    }

    /** What a page is by its place, in words. */
    public static String role(SequenceSpec spec, int pages, int page) {
        if (page < spec.sinkPages()) {
            return "a sink page (the first " + spec.sinkPages() + ")";
        }
        return page >= pages - spec.windowPages()
                ? "a window page (the last " + spec.windowPages() + " of " + pages + ")"
                : "neither a sink nor a window page";
    }

    /**
     * Pages selected in a head group of a limited layer.
     *
     * @param budget pages that it may keep
     * @param ranked pages that it chooses by rank
     * @param pages pages, the last one counted
     * @param scores one a filled page; not read while {@code pages} is within the budget
     */
    public static BitSet select(SequenceSpec spec, int budget, int ranked, int pages, double[] scores) {
        if (pages <= budget) {
            var all = new BitSet();
            all.set(0, pages);
            return all;
        }
        var selected = pinned(spec, pages);
        var candidates = without(selected, scores.length);
        candidates.sort((a, b) -> compare(scores, a, b));
        candidates.subList(0, ranked).forEach(selected::set);
        return selected;
    }

    /**
     * The {@code count} filled resident pages that go, among those that are not kept.
     *
     * @param kept pages that stay: sink, window and selected
     */
    public static BitSet victims(BitSet resident, BitSet kept, double[] scores, int count) {
        var candidates = without(kept, scores.length);
        candidates.removeIf(page -> !resident.get(page));
        candidates.sort((a, b) -> compare(scores, b, a));
        var victims = new BitSet();
        candidates.subList(0, count).forEach(victims::set);
        return victims;
    }

    private static List<Integer> without(BitSet excluded, int filled) {
        var pages = new ArrayList<Integer>();
        for (var page = 0; page < filled; page++) {
            if (!excluded.get(page)) {
                pages.add(page);
            }
        }
        return pages;
    }
}
