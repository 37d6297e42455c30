package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.table.AttendedPages;
import io.arkvale.core.table.TablePlaces;
import io.arkvale.spi.Choice;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.TensorMemory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Step (b): scores the pages of members, and where the device chooses pages itself, attends at once.
 *
 * @param <M> the memory of the cache's tensors
 */
final class PageScoring<M extends TensorMemory> {
    private final CacheSpec spec;
    private final PageDevice<M> device;
    private final List<PagedMember> members;

    PageScoring(CacheSpec spec, PageDevice<M> device, List<PagedMember> members) {
        this.spec = spec;
        this.device = device;
        this.members = members;
    }

    /**
     * Scores as many pages of each member as its offsets have room for.
     *
     * @param row the row of queries that scores a member's pages
     */
    void score(int layer, M queries, PageScores target, int[] offsets, ToIntFunction<PagedMember> row) {
        var work = scorings(layer, target, offsets, row);
        if (!work.isEmpty()) {
            device.score(work, queries, target);
        }
    }

    private List<Scoring> scorings(int layer, PageScores target, int[] offsets, ToIntFunction<PagedMember> row) {
        target.reserve(Math.multiplyExact(offsets[members.size()], spec.headGroups()));
        var work = new ArrayList<Scoring>();
        for (var member : members) {
            int pages = offsets[member.index() + 1] - offsets[member.index()];
            if (pages > 0) {
                for (int group = 0; group < spec.headGroups(); group++) {
                    work.add(new Scoring(
                            member.settings().digest(),
                            member.settings().groupScore(),
                            group,
                            member.layer(layer).digests.get(group)::blockAt,
                            pages,
                            row.applyAsInt(member),
                            offsets[member.index()] * spec.headGroups() + group,
                            member.settings().sinkPages(),
                            Math.min(pages, member.rankedTo())));
                }
                member.scoredPages += (long) pages * spec.headGroups();
            }
        }
        return work;
    }

    /**
     * Scores for one decoded row per member, and attends wherever the device does that at once.
     *
     * @return the pairs of a member and a head group, counted in this order, that have been attended to
     */
    BitSet scoreAndAttend(int layer, M queries, PageScores scores, M output) {
        var offsets = StepMember.scoreOffsets(members, layer);
        if (!device.choosesPages()) {
            score(layer, queries, scores, offsets, PagedMember::index);
            return new BitSet();
        }
        var work = scorings(layer, scores, offsets, PagedMember::index);
        if (work.isEmpty()) {
            return new BitSet();
        }
        var choices = new ArrayList<Choice>();
        var pairs = new ArrayList<Integer>();
        int scored = 0;
        for (var member : members) {
            for (int group = 0; group < spec.headGroups(); group++) {
                int scoredAs = member.isOverBudget(layer) ? scored++ : Choice.ALL;
                int scoring = member.isOverBudget(layer, group) ? scoredAs : Choice.ALL;
                // What is resident after the moves is not yet known.
                if (scoring == Choice.ALL || member.settings().scope() != Scope.RESIDENT) {
                    choices.add(choice(member, layer, group, scoring));
                    pairs.add(member.index() * spec.headGroups() + group);
                }
            }
        }
        var attended = new BitSet();
        device.scoreAndAttend(work, choices, queries, scores, output).stream()
                .forEach(index -> attended.set(pairs.get(index)));
        return attended;
    }

    private Choice choice(PagedMember member, int layer, int group, int scoring) {
        var pages = member.layer(layer);
        var table = pages.groups.get(group);
        var settings = member.settings();
        boolean isRanked = scoring != Choice.ALL;
        int ranked = member.residence().rankedPages(layer, group);
        int count = isRanked ? settings.sinkPages() + ranked + settings.windowPages() : table.pages();
        int tokens = count * spec.pageSize() - (pages.pages() * spec.pageSize() - pages.tokens);
        var places = TablePlaces.resident(table, AttendedPages.first(table.pages()));
        return new Choice(group, scoring, places, isRanked ? ranked : 0, tokens, member.index());
    }
}
