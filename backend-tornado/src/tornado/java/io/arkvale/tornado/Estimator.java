package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Scoring;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps (b) and (c): scores pages from their digests and ranks them, as much as fits in one execution. Used under the engine's
 * lock.
 */
final class Estimator {
    private final CacheSpec spec;
    private final RegionLayout layout;
    private final Engine engine;
    private final List<Scoring> wanted = new ArrayList<>();
    private int rows;
    private long scores;
    private int results;

    Estimator(CacheSpec spec, RegionLayout layout, Engine engine) {
        this.spec = spec;
        this.layout = layout;
        this.engine = engine;
    }

    void score(List<Scoring> work, HostMemory queries, PageScores target) {
        begin();
        for (var part : work) {
            add(part, queries, target);
        }
        run(target);
    }

    private void begin() {
        engine.table.clear(layout.shape);
        engine.table.header(Table.RANKS, mostResults());
        wanted.clear();
        rows = 0;
        scores = 0;
        results = 0;
    }

    /** Scores of an execution: behind them their ranks come back. */
    private int mostResults() {
        return engine.rowElements() / 2;
    }

    private void add(Scoring work, HostMemory queries, PageScores target) {
        int pages = work.pages();
        int blocks = Math.ceilDiv(pages, ScoreKernel.PAGES);
        int chunks = Math.ceilDiv(spec.queryHeadsPerKvHead(), ScoreKernel.HEADS) * spec.kvHeadsPerGroup();
        int fields = pages + GroupScoreKernel.FIELDS * blocks + ScoreKernel.FIELDS * chunks * blocks;
        int elements = spec.queryHeadsPerGroup() * spec.headDim();
        long headScores = (long) spec.queryHeadsPerGroup() * pages;
        if (!engine.table.fits(fields)
                || rows + elements > engine.rowElements()
                || scores + headScores > engine.scratchElements
                || results + pages > mostResults()) {
            run(target);
        }
        long from = ((long) work.row() * spec.headGroups() + work.group()) * elements * Float.BYTES;
        engine.setRows(rows, queries.segment(), from, elements);
        addItems(work, engine.scratch + (int) scores);
        wanted.add(work);
        rows += elements;
        scores += headScores;
        results += pages;
    }

    private void addItems(Scoring work, int headScores) {
        int pages = work.pages();
        int form = ScoreKernel.form(work.digest());
        int list =
                engine.table.list(pages, page -> layout.digestAt(work.blocks().applyAsInt(page), 0));
        int heads = spec.queryHeadsPerKvHead();
        for (int queryHead = 0; queryHead < spec.queryHeadsPerGroup(); ) {
            int head = queryHead / heads;
            int count = Math.min(ScoreKernel.HEADS, (head + 1) * heads - queryHead);
            for (int page = 0; page < pages; page += ScoreKernel.PAGES) {
                engine.table.item(
                        rows + queryHead * spec.headDim(),
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
        // A softmax needs all pages at once; the other rules go block by block.
        int rule = GroupScoreKernel.rule(work.groupScore());
        int block = rule == GroupScoreKernel.MEAN_SOFTMAX ? pages : ScoreKernel.PAGES;
        for (int page = 0; page < pages; page += block) {
            engine.table.secondItem(
                    headScores + page,
                    pages,
                    spec.queryHeadsPerGroup(),
                    Math.min(block, pages - page),
                    rule,
                    results + page,
                    1,
                    page,
                    work.rankedFrom(),
                    work.rankedTo());
        }
    }

    /** Scores what was added, and hands out scores and, as an order, ranks. */
    private void run(PageScores target) {
        if (!wanted.isEmpty()) {
            engine.run(Engine.Graph.ESTIMATE);
            var order = target.writeOrder();
            int from = 0;
            for (var work : wanted) {
                for (int page = 0; page < work.pages(); page++) {
                    int at = work.at() + page * spec.headGroups();
                    target.values()[at] = engine.result(from + page);
                    order[at] = -engine.result(mostResults() + from + page);
                }
                from += work.pages();
            }
        }
        begin();
    }
}
