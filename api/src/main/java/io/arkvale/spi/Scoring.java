package io.arkvale.spi;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import java.util.function.IntUnaryOperator;

/** The filled pages of one sequence, layer and head group, to be scored with one row of queries. Valid while the call lasts. */
@SuppressWarnings("NullAway.Init") // filled before a device sees it
public final class Scoring {
    private Digest digest;
    private GroupScore groupScore;
    private int group;
    private IntUnaryOperator blocks;
    private int pages;
    private int row;
    private int at;
    private int rankedFrom;
    private int rankedTo;

    /** Filled by {@link #set} and {@link #rank}. */
    public Scoring() {}

    /**
     * Says what is scored.
     *
     * @param digest kind of summary
     * @param groupScore how query heads' scores become the group's
     * @param group head group
     * @param blocks blocks of digests by index, in page order
     * @param pages pages to score, from the first on
     * @param row row of the queries
     * @param at index of the first page's score
     */
    public void set(
            Digest digest, GroupScore groupScore, int group, IntUnaryOperator blocks, int pages, int row, int at) {
        this.digest = digest;
        this.groupScore = groupScore;
        this.group = group;
        this.blocks = blocks;
        this.pages = pages;
        this.row = row;
        this.at = at;
    }

    /**
     * Says which pages may be ranked.
     *
     * @param from the first
     * @param to the end of them
     */
    public void rank(int from, int to) {
        rankedFrom = from;
        rankedTo = to;
    }

    /** Kind of summary. */
    public Digest digest() {
        return digest;
    }

    /** How query heads' scores become the group's. */
    public GroupScore groupScore() {
        return groupScore;
    }

    /** Head group. */
    public int group() {
        return group;
    }

    /** Blocks of digests by index, in page order. */
    public IntUnaryOperator blocks() {
        return blocks;
    }

    /** Pages to score, from the first on. */
    public int pages() {
        return pages;
    }

    /** Row of the queries. */
    public int row() {
        return row;
    }

    /** Index of the first page's score. Page {@code p} goes to {@code at + p · headGroups}. */
    public int at() {
        return at;
    }

    /** First page that may be ranked: those before belong to the sink. */
    public int rankedFrom() {
        return rankedFrom;
    }

    /** End of the pages that may be ranked: the window follows. */
    public int rankedTo() {
        return rankedTo;
    }
}
