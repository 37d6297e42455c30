package io.arkvale.core.page;

import io.arkvale.core.select.Selector;
import io.arkvale.core.table.PageList;
import io.arkvale.core.table.PageStore;
import io.arkvale.core.table.PageTable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Step (d): pages that a selection names leave and come back. A sequence whose backups fail is noted, and the others go
 * on.
 */
final class PageMoves {
    private final PageStore store;
    private final Selector selector;
    private final List<PagedMember> members;
    private final GroupScores scores;
    private final Map<PagedSequence, IOException> lost;
    private long recalledPages;

    /**
     * Moves for the members of a step.
     *
     * @param scores scratch
     * @param lost gets the sequences whose pages could not be copied
     */
    PageMoves(
            PageStore store,
            Selector selector,
            GroupScores scores,
            List<PagedMember> members,
            Map<PagedSequence, IOException> lost) {
        this.store = store;
        this.selector = selector;
        this.scores = scores;
        this.members = members;
        this.lost = lost;
    }

    /** A step opens. */
    void begin() {
        recalledPages = 0;
    }

    /** Pages that the step has copied back. */
    long recalledPages() {
        return recalledPages;
    }

    /** Does what the selections of a layer say. */
    void move(int layer) {
        for (int i = 0; i < members.size(); i++) {
            move(members.get(i), layer);
        }
        store.flush();
    }

    private void move(PagedMember member, int layer) {
        var journal = member.journal(layer);
        try {
            var groups = member.layer(layer).groups;
            for (int group = 0; group < groups.size(); group++) {
                var table = groups.get(group);
                var selection = journal.selection(group);
                if (!selection.isEmpty()) {
                    journal.beforeMoves();
                }
                evict(member, table, selection.victims());
                var recalls = selection.recalls();
                for (int i = 0; i < recalls.count(); i++) {
                    recalledPages += store.recall(table, recalls.page(i)) ? 1 : 0;
                }
                member.recalledPages += recalls.count();
            }
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
        }
    }

    /**
     * Evicts the lowest-ranked pages of a member down to its budget (paper, section 4.4).
     *
     * @param order scores
     * @param base where the member's scores begin, {@code [pages, headGroups]}
     */
    void evictToBudget(PagedMember member, int layer, float[] order, int base) {
        var settings = member.settings();
        var residence = member.residence();
        var groups = member.layer(layer).groups;
        var journal = member.journal(layer);
        journal.beforeMoves();
        try {
            for (int group = 0; group < groups.size(); group++) {
                var table = groups.get(group);
                int excess = Math.max(0, table.residents() - residence.budgetPages(layer, group));
                var victims = journal.selection(group).victims();
                selector.victims(settings, table, table.pages(), excess, scores.of(order, base, group), victims);
                evict(member, table, victims);
            }
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
        }
    }

    private void evict(PagedMember member, PageTable table, PageList victims) throws IOException {
        for (int i = 0; i < victims.count(); i++) {
            store.evict(table, victims.page(i));
        }
        member.evictedPages += victims.count();
    }
}
