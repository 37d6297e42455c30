package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Scoring;
import java.util.List;

/**
 * Steps (b) and (c): scores pages from their digests and ranks them, as much as fits in one execution. Used under the engine's
 * lock.
 */
record Estimator(CacheSpec spec, RegionLayout layout, Execution next) {
    void score(List<Scoring> work, HostMemory queries, PageScores target) {
        next.begin(layout, Section.APPEND);
        for (var part : work) {
            if (!next.fits(needs(part))) {
                next.run();
            }
            add(part, queries, target);
        }
        next.run();
    }

    /** What a piece of work takes of an execution. */
    Needs needs(Scoring work) {
        int blocks = Math.ceilDiv(work.pages(), ScoreKernel.PAGES);
        long chunks = (long) Math.ceilDiv(spec.queryHeadsPerKvHead(), ScoreKernel.HEADS) * spec.kvHeadsPerGroup();
        return new Needs(
                work.pages() + blocks * (GroupScoreKernel.FIELDS + chunks * ScoreKernel.FIELDS),
                spec.queryHeadsPerGroup() * (long) spec.headDim(),
                2L * work.pages(),
                (long) spec.queryHeadsPerGroup() * work.pages());
    }

    /**
     * Adds a piece of work, which must fit. Scores and, as an order, ranks will be handed out.
     *
     * @return where the scores will lie in the results; the ranks follow them
     */
    int add(Scoring work, HostMemory queries, PageScores target) {
        int elements = spec.queryHeadsPerGroup() * spec.headDim();
        long from = ((long) work.row() * spec.headGroups() + work.group()) * elements;
        int row = next.addRow(queries.segment(), from, elements);
        int headScores = next.takeScratch(spec.queryHeadsPerGroup() * work.pages());
        int results = next.takeResults(2 * work.pages());
        addScores(work, row, headScores);
        addRanks(work, headScores, results);
        next.then(() -> handOut(work, results, target));
        return results;
    }

    private void addScores(Scoring work, int row, int headScores) {
        int pages = work.pages();
        int form = ScoreKernel.form(work.digest());
        int list = next.table.list(pages, page -> layout.digestAt(work.blocks().applyAsInt(page), 0));
        int heads = spec.queryHeadsPerKvHead();
        for (int queryHead = 0; queryHead < spec.queryHeadsPerGroup(); ) {
            int head = queryHead / heads;
            int count = Math.min(ScoreKernel.HEADS, (head + 1) * heads - queryHead);
            for (int page = 0; page < pages; page += ScoreKernel.PAGES) {
                next.table.item(
                        Section.SCORE,
                        row + queryHead * spec.headDim(),
                        count,
                        list + page,
                        Math.min(ScoreKernel.PAGES, pages - page),
                        head * layout.shape.digestElements(),
                        form,
                        headScores + queryHead * pages + page,
                        pages);
            }
            queryHead += count;
        }
    }

    private void addRanks(Scoring work, int headScores, int results) {
        int pages = work.pages();
        // A softmax needs all pages at once; the other rules go block by block.
        int rule = GroupScoreKernel.rule(work.groupScore());
        int block = rule == GroupScoreKernel.MEAN_SOFTMAX ? pages : ScoreKernel.PAGES;
        for (int page = 0; page < pages; page += block) {
            next.table.item(
                    Section.RANK,
                    headScores + page,
                    pages,
                    spec.queryHeadsPerGroup(),
                    Math.min(block, pages - page),
                    rule,
                    results + page,
                    page,
                    work.rankedFrom(),
                    work.rankedTo());
        }
    }

    private void handOut(Scoring work, int results, PageScores target) {
        var scores = target.values();
        var order = target.writeOrder();
        for (int page = 0; page < work.pages(); page++) {
            int at = work.at() + page * spec.headGroups();
            scores[at] = next.result(results + page);
            order[at] = -next.result(results + work.pages() + page);
        }
    }
}
