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
record Estimator(CacheSpec spec, RegionLayout layout, Execution next, Attender attender) {
    void score(List<Scoring> work, HostMemory queries, PageScores target) {
        next.begin(layout, Section.APPEND);
        for (var part : work) {
            if (!next.fits(needs(part))) {
                next.run();
            }
            add(part, attender.addQueries(part.row(), part.group(), queries), target);
        }
        next.run();
    }

    /** What a piece of work takes of an execution. */
    Needs needs(Scoring work) {
        int blocks = Math.ceilDiv(work.pages(), ScoreKernel.PAGES);
        return new Needs(
                work.pages() + blocks * (GroupScoreKernel.FIELDS + (long) ScoreKernel.FIELDS),
                spec.queryHeadsPerGroup() * (long) spec.headDim(),
                2L * work.pages(),
                (long) spec.queryHeadsPerGroup() * work.pages());
    }

    /**
     * Adds a piece of work, which must fit. Scores and, as an order, ranks will be handed out.
     *
     * @param row where its queries are
     * @return where the scores will lie in the results; the ranks follow them
     */
    int add(Scoring work, int row, PageScores target) {
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
        int list = next.table.takeList(pages);
        for (int page = 0; page < pages; page++) {
            next.table.set(list + page, layout.digestAt(work.blocks().applyAsInt(page), 0));
        }
        for (int page = 0; page < pages; page += ScoreKernel.PAGES) {
            int count = Math.min(ScoreKernel.PAGES, pages - page);
            next.table.item(Section.SCORE, row, list + page, count, form, headScores + page, pages);
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
        next.getResults(results, target.values(), work.at(), spec.headGroups(), work.pages());
        next.getResults(results + work.pages(), target.writeOrder(), work.at(), spec.headGroups(), work.pages());
    }
}
