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
        var results = new int[work.size()];
        for (int i = 0; i < results.length; i++) {
            results[i] = estimator.add(work.get(i), queries, scores);
        }
        for (int i = 0; i < choices.size(); i++) {
            add(i, choices.get(i), work, results, queries, output, attended);
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
                needs = needs.plus(new Needs(choice.pages().count() + ChooseKernel.FIELDS, 0, 0, 0));
            }
        }
        return needs;
    }

    private void add(
            int index,
            Choice choice,
            List<Scoring> work,
            int[] results,
            HostMemory queries,
            HostMemory output,
            BitSet attended) {
        var pages = choice.pages();
        if (!choice.isRanked()) {
            int list = next.table.list(pages.count(), page -> layout.slotAt(pages.slot(page)));
            attender.add(choice.group(), choice.row(), list, choice.tokens(), queries, output, () -> true);
            attended.set(index);
            return;
        }
        var scoring = work.get(choice.scoring());
        int from = scoring.rankedFrom();
        int left = scoring.rankedTo() - from - choice.ranked();
        // The chosen pages' places are written by a kernel, over those of the first that may be chosen.
        int list = next.table.list(choice.count(work), i -> place(choice, i < from + choice.ranked() ? i : i + left));
        int places = next.table.list(pages.count(), page -> place(choice, page));
        int firstItem = next.table.count(Section.ATTEND);
        int ranks = results[choice.scoring()] + scoring.pages();
        next.then(() -> {
            if (hasAll(choice, scoring, ranks)) {
                attended.set(index);
            }
        });
        attender.add(choice.group(), choice.row(), list, choice.tokens(), queries, output, () -> attended.get(index));
        next.table.item(
                Section.CHOOSE,
                ranks,
                from,
                scoring.rankedTo(),
                choice.ranked(),
                places,
                list + from,
                firstItem,
                next.table.count(Section.ATTEND) - firstItem);
    }

    private int place(Choice choice, int page) {
        int slot = choice.pages().slot(page);
        return slot < 0 ? -1 : layout.slotAt(slot);
    }

    /** What {@link ChooseKernel} has found: whether the chosen pages are known and all on the device. */
    private boolean hasAll(Choice choice, Scoring scoring, int ranks) {
        int chosen = 0;
        for (int page = scoring.rankedFrom(); page < scoring.rankedTo(); page++) {
            if (next.result(ranks + page) < choice.ranked()) {
                chosen++;
                if (choice.pages().slot(page) < 0) {
                    return false;
                }
            }
        }
        return chosen == choice.ranked();
    }
}
