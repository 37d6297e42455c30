package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps (b) and (c): scores pages from their digests and ranks them, for several sequences in one execution. Used under the
 * engine's lock.
 */
final class Estimator {
    /** Where a sequence's scores go when they come back. */
    private static final class Wanted {
        final PageScores target;
        final int at;
        final int count;

        Wanted(PageScores target, int at, int count) {
            this.target = target;
            this.at = at;
            this.count = count;
        }
    }

    private final CacheSpec spec;
    private final PageStore store;
    private final Engine engine;
    private final List<Wanted> wanted = new ArrayList<>();
    private int rows;
    private int scores;
    private int results;

    Estimator(CacheSpec spec, PageStore store, Engine engine) {
        this.spec = spec;
        this.store = store;
        this.engine = engine;
    }

    void begin() {
        engine.table.clear(store.shape);
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

    /**
     * Scores the first {@code pages} pages of a layer with a row of queries.
     *
     * @param rankedTo end of the pages that are ranked, which begin behind the sink
     * @param target written from {@code at} once {@link #run} returns
     */
    void add(
            SequenceSpec sequence,
            LayerPages layer,
            int pages,
            int rankedTo,
            HostTensor queries,
            int row,
            PageScores target,
            int at) {
        int blocks = Math.ceilDiv(pages, ScoreKernel.PAGES);
        int chunks = Math.ceilDiv(spec.queryHeadsPerKvHead(), ScoreKernel.HEADS) * spec.kvHeadsPerGroup();
        int fields =
                spec.headGroups() * (pages + GroupScoreKernel.FIELDS * blocks + ScoreKernel.FIELDS * chunks * blocks)
                        + Table.START;
        int elements = spec.queryHeads() * spec.headDim();
        int headScores = Math.multiplyExact(spec.queryHeads(), pages);
        int groupScores = Math.multiplyExact(spec.headGroups(), pages);
        if (!engine.table.fits(fields)
                || rows + elements > engine.rowElements()
                || scores + headScores > engine.scratchElements
                || results + groupScores > mostResults()) {
            run();
        }
        engine.setRows(rows, queries.memory(), row * queries.rowBytes(), elements);
        for (int group = 0; group < spec.headGroups(); group++) {
            addGroup(sequence, layer, group, pages, rankedTo);
        }
        wanted.add(new Wanted(target, at, groupScores));
        rows += elements;
        scores += headScores;
        results += groupScores;
    }

    private void addGroup(SequenceSpec sequence, LayerPages layer, int group, int pages, int rankedTo) {
        var table = layer.groups.get(group);
        int form = ScoreKernel.form(sequence.digest());
        int list = engine.table.list(pages, page -> store.digestAt(table.requireBackup(page)));
        int heads = spec.queryHeadsPerKvHead();
        int groupScores = engine.scratch + scores + group * spec.queryHeadsPerGroup() * pages;
        for (int queryHead = 0; queryHead < spec.queryHeadsPerGroup(); ) {
            int head = queryHead / heads;
            int count = Math.min(ScoreKernel.HEADS, (head + 1) * heads - queryHead);
            for (int page = 0; page < pages; page += ScoreKernel.PAGES) {
                engine.table.item(
                        rows + (group * spec.queryHeadsPerGroup() + queryHead) * spec.headDim(),
                        count,
                        list + page,
                        Math.min(ScoreKernel.PAGES, pages - page),
                        head * store.shape.digestElements(),
                        form,
                        groupScores + queryHead * pages + page,
                        pages);
            }
            queryHead += count;
        }
        combine(sequence, group, pages, rankedTo, groupScores);
    }

    /** A softmax needs all pages at once; the other rules go block by block. */
    private void combine(SequenceSpec sequence, int group, int pages, int rankedTo, int groupScores) {
        int rule = GroupScoreKernel.rule(sequence.groupScore());
        int block = rule == GroupScoreKernel.MEAN_SOFTMAX ? pages : ScoreKernel.PAGES;
        for (int page = 0; page < pages; page += block) {
            engine.table.secondItem(
                    groupScores + page,
                    pages,
                    spec.queryHeadsPerGroup(),
                    Math.min(block, pages - page),
                    rule,
                    results + page * spec.headGroups() + group,
                    spec.headGroups(),
                    page,
                    sequence.sinkPages(),
                    rankedTo);
        }
    }

    /** Scores what was added, and hands the scores out. */
    void run() {
        if (!wanted.isEmpty()) {
            engine.run(Engine.Graph.ESTIMATE);
            int at = 0;
            for (var part : wanted) {
                engine.getResults(at, part.target.values, part.at, part.count);
                for (int i = 0; i < part.count; i++) {
                    part.target.ranks[part.at + i] = (int) engine.result(mostResults() + at + i);
                }
                at += part.count;
            }
        }
        begin();
    }
}
