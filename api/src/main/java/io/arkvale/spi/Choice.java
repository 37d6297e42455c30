package io.arkvale.spi;

import java.util.List;

/**
 * Attention of one row whose pages a device may choose itself, as soon as it has scored them: {@link PageDevice#scoreAndAttend}.
 * Of the pages that may be ranked the first in order take part, as many as {@link #ranked} says, and all others, which are in
 * slots. Without a scoring all pages take part and are in slots. Valid while the call lasts.
 */
@SuppressWarnings("NullAway.Init") // filled before a device sees it
public final class Choice {
    /** In place of a scoring: all pages take part. */
    public static final int ALL = -1;

    private int group;
    private int scoring;
    private Places pages;
    private int ranked;
    private int tokens;
    private int row;

    /** Filled by {@link #set}. */
    public Choice() {}

    /**
     * Fills it.
     *
     * @param group head group
     * @param scoring index of the {@link Scoring} that ranks the pages, or {@link #ALL}
     * @param pages all pages of the sequence, layer and head group, in page order
     * @param ranked how many of the pages that may be ranked take part
     * @param tokens tokens on the pages that take part
     * @param row row of queries and output
     */
    public void set(int group, int scoring, Places pages, int ranked, int tokens, int row) {
        this.group = group;
        this.scoring = scoring;
        this.pages = pages;
        this.ranked = ranked;
        this.tokens = tokens;
        this.row = row;
    }

    /** Head group. */
    public int group() {
        return group;
    }

    /** Index of the {@link Scoring} that ranks the pages, or {@link #ALL}. */
    public int scoring() {
        return scoring;
    }

    /**
     * All pages of the sequence, layer and head group, in page order; those that may be ranked may be evicted, and have no
     * {@link Places#backup} here.
     */
    public Places pages() {
        return pages;
    }

    /** How many of the pages from {@link Scoring#rankedFrom} to {@link Scoring#rankedTo} take part. */
    public int ranked() {
        return ranked;
    }

    /** Tokens on the pages that take part: all full but the last. */
    public int tokens() {
        return tokens;
    }

    /** Row of queries and output. */
    public int row() {
        return row;
    }

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
