package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.Choice;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Scoring;
import java.util.BitSet;
import java.util.List;

/**
 * Steps (b), (c) and (e) in one execution, for the sequences whose chosen pages all turn out to be on the device. Used under
 * the engine's lock.
 */
record Decoder(CacheSpec spec, RegionLayout layout, Execution next, Estimator estimator, Attender attender) {
    /** Scores, and attends if all of that goes into one execution; returns the choices attended to. */
    BitSet scoreAndAttend(
            List<Scoring> work, List<Choice> choices, HostMemory queries, PageScores scores, HostMemory output) {
        next.begin(layout, Section.APPEND);
        var attended = new BitSet(choices.size());
        if (!next.fits(needs(work, choices))) {
            estimator.score(work, queries, scores);
            return attended;
        }
        var rows = new int[work.size()];
        var results = new int[work.size()];
        for (int i = 0; i < results.length; i++) {
            var part = work.get(i);
            rows[i] = attender.addQueries(part.row(), part.group(), queries);
            results[i] = estimator.add(part, rows[i], scores);
        }
        for (int i = 0; i < choices.size(); i++) {
            var choice = choices.get(i);
            int scoring = choice.scoring();
            int row = hasQueriesOf(choice, work)
                    ? rows[scoring]
                    : attender.addQueries(choice.row(), choice.group(), queries);
            if (choice.isRanked()) {
                addRanked(i, choice, work.get(scoring), row, results[scoring], output, attended);
            } else {
                int list = attender.addPlaces(choice.pages(), choice.pages().count());
                attender.add(choice.group(), choice.row(), row, list, choice.tokens(), output, () -> true);
                attended.set(i);
            }
        }
        next.run();
        return attended;
    }

    private Needs needs(List<Scoring> work, List<Choice> choices) {
        var needs = Needs.NOTHING;
        for (var part : work) {
            needs = needs.plus(estimator.needs(part));
        }
        for (var choice : choices) {
            needs = needs.plus(attender.needs(choice.count(work), choice.tokens()));
            if (choice.isRanked()) {
                needs = needs.plus(new Needs(choice.pages().count() + ChooseKernel.FIELDS, 0, 1, 0));
            }
            if (hasQueriesOf(choice, work)) {
                long queries = (long) spec.queryHeadsPerGroup() * spec.headDim();
                needs = needs.plus(new Needs(0, -queries, 0, 0));
            }
        }
        return needs;
    }

    /** Whether it attends with the queries that its pages are scored with. */
    private static boolean hasQueriesOf(Choice choice, List<Scoring> work) {
        return choice.isRanked()
                && work.get(choice.scoring()).row() == choice.row()
                && work.get(choice.scoring()).group() == choice.group();
    }

    /** @param query where its queries are */
    private void addRanked(
            int index, Choice choice, Scoring scoring, int query, int results, HostMemory output, BitSet attended) {
        var pages = choice.pages();
        int from = scoring.rankedFrom();
        int count = pages.count();
        int places = next.table.takeList(count);
        for (int page = 0; page < count; page++) {
            next.table.set(places + page, place(pages.slot(page)));
        }
        // The chosen pages' places are written by a kernel, between those of the first and of the last pages.
        int after = from + choice.ranked();
        int list = next.table.takeList(after + count - scoring.rankedTo());
        for (int page = 0; page < from; page++) {
            next.table.set(list + page, place(pages.slot(page)));
        }
        for (int page = scoring.rankedTo(); page < count; page++) {
            next.table.set(list + after + page - scoring.rankedTo(), place(pages.slot(page)));
        }
        int isThere = next.takeResults(1);
        next.then(() -> {
            if (next.result(isThere) > 0) {
                attended.set(index);
            }
        });
        int firstItem = next.table.count(Section.ATTEND);
        attender.add(choice.group(), choice.row(), query, list, choice.tokens(), output, () -> attended.get(index));
        next.table.item(
                Section.CHOOSE,
                results + scoring.pages(),
                from,
                scoring.rankedTo(),
                choice.ranked(),
                places,
                list + from,
                firstItem,
                next.table.count(Section.ATTEND) - firstItem,
                isThere);
    }

    private int place(int slot) {
        return slot < 0 ? -1 : layout.slotAt(slot);
    }
}
