package io.arkvale.spi;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import java.util.function.IntUnaryOperator;

/**
 * The filled pages of one sequence, layer and head group, to be scored with one row of queries.
 *
 * @param digest kind of summary
 * @param groupScore how query heads' scores become the group's
 * @param group head group
 * @param blocks blocks of digests by index, in page order; valid while the call lasts
 * @param pages pages to score, from the first on
 * @param row row of the queries
 * @param at index of the first page's score. Page {@code p} goes to {@code at + p · headGroups}
 * @param rankedFrom first page that may be ranked: those before belong to the sink
 * @param rankedTo end of the pages that may be ranked: the window follows
 */
public record Scoring(
        Digest digest,
        GroupScore groupScore,
        int group,
        IntUnaryOperator blocks,
        int pages,
        int row,
        int at,
        int rankedFrom,
        int rankedTo) {}
