package io.arkvale.spi;

import java.util.List;

/**
 * Attention of one row whose pages a device may choose itself, as soon as it has scored them: {@link PageDevice#scoreAndAttend}.
 * Of the pages that may be ranked the first in order take part, as many as {@code ranked} says, and all others, which are in
 * slots. Without a scoring all pages take part and are in slots.
 *
 * @param group head group
 * @param scoring index of the {@link Scoring} that ranks the pages, or {@link #ALL}
 * @param pages all pages of the sequence, layer and head group, in page order; those that may be ranked may be evicted, and
 *     have no {@link Places#backup} here
 * @param ranked how many of the pages from {@link Scoring#rankedFrom} to {@link Scoring#rankedTo} take part
 * @param tokens tokens on the pages that take part: all full but the last
 * @param row row of queries and output
 */
public record Choice(int group, int scoring, Places pages, int ranked, int tokens, int row) {
    /** In place of a scoring: all pages take part. */
    public static final int ALL = -1;

    /** Whether some pages have to be chosen. */
    public boolean isRanked() {
        return scoring != ALL;
    }

    /** Pages that take part. */
    public int count(List<Scoring> work) {
        if (!isRanked()) {
            return pages.count();
        }
        var ranks = work.get(scoring);
        return pages.count() - (ranks.rankedTo() - ranks.rankedFrom()) + ranked;
    }
}
