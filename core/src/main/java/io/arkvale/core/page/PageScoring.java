package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.spi.Choice;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.TensorMemory;
import io.arkvale.spi.WorkList;
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
    private final WorkList<Scoring> work = new WorkList<>(Scoring::new);
    private final WorkList<Choice> choices = new WorkList<>(Choice::new);

    /** Of each choice its member and group, as one number. */
    private int[] pairs = new int[0];

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
        list(layer, target, offsets, row);
        if (!work.isEmpty()) {
            device.score(work, queries, target);
        }
    }

    private void list(int layer, PageScores target, int[] offsets, ToIntFunction<PagedMember> row) {
        target.reserve(Math.multiplyExact(offsets[members.size()], spec.headGroups()));
        work.clear();
        for (int i = 0; i < members.size(); i++) {
            int pages = offsets[i + 1] - offsets[i];
            if (pages > 0) {
                var member = members.get(i);
                var settings = member.settings();
                for (int group = 0; group < spec.headGroups(); group++) {
                    var item = work.next();
                    var digests = member.layer(layer).digests.get(group);
                    int at = offsets[i] * spec.headGroups() + group;
                    item.set(
                            settings.digest(),
                            settings.groupScore(),
                            group,
                            digests,
                            pages,
                            row.applyAsInt(member),
                            at);
                    item.rank(settings.sinkPages(), Math.min(pages, member.rankedTo()));
                }
                member.scoredPages += (long) pages * spec.headGroups();
            }
        }
    }

    /**
     * Scores for one decoded row per member, and attends wherever the device does that at once.
     *
     * @param attended gets the pairs of a member and a head group, counted in this order, that have been attended to
     */
    void scoreAndAttend(int layer, M queries, PageScores scores, int[] offsets, M output, BitSet attended) {
        if (!device.choosesPages()) {
            score(layer, queries, scores, offsets, PagedMember::index);
            return;
        }
        list(layer, scores, offsets, PagedMember::index);
        if (work.isEmpty()) {
            return;
        }
        choices.clear();
        if (pairs.length < members.size() * spec.headGroups()) {
            pairs = new int[members.size() * spec.headGroups()];
        }
        int scored = 0;
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            for (int group = 0; group < spec.headGroups(); group++) {
                int scoredAs = member.isOverBudget(layer) ? scored++ : Choice.ALL;
                int scoring = member.isOverBudget(layer, group) ? scoredAs : Choice.ALL;
                // What is resident after the moves is not yet known.
                if (scoring == Choice.ALL || member.settings().scope() != Scope.RESIDENT) {
                    pairs[choices.size()] = i * spec.headGroups() + group;
                    choose(member, layer, group, scoring, choices.next());
                }
            }
        }
        var done = device.scoreAndAttend(work, choices, queries, scores, output);
        for (int index = done.nextSetBit(0); index >= 0; index = done.nextSetBit(index + 1)) {
            attended.set(pairs[index]);
        }
    }

    private void choose(PagedMember member, int layer, int group, int scoring, Choice choice) {
        var pages = member.layer(layer);
        var table = pages.groups.get(group);
        var settings = member.settings();
        boolean isRanked = scoring != Choice.ALL;
        int ranked = member.residence().rankedPages(layer, group);
        int count = isRanked ? settings.sinkPages() + ranked + settings.windowPages() : table.pages();
        int tokens = count * spec.pageSize() - (pages.pages() * spec.pageSize() - pages.tokens);
        choice.set(group, scoring, table.allPlaces(), isRanked ? ranked : 0, tokens, member.index());
    }
}
