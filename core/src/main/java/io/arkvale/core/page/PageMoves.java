package io.arkvale.core.page;

import io.arkvale.core.select.Selection;
import io.arkvale.core.select.Selector;
import io.arkvale.core.table.PageStore;
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
    private final Map<PagedSequence, IOException> lost;
    private long recalledPages;

    /**
     * Moves for the members of a step.
     *
     * @param lost gets the sequences whose pages could not be copied
     */
    PageMoves(PageStore store, Selector selector, List<PagedMember> members, Map<PagedSequence, IOException> lost) {
        this.store = store;
        this.selector = selector;
        this.members = members;
        this.lost = lost;
    }

    /** Pages that were copied back. */
    long recalledPages() {
        return recalledPages;
    }

    /** Does what the selections of a layer say, by member and head group. */
    void move(int layer, Selection[][] chosen) {
        for (var member : members) {
            if (chosen[member.index()].length > 0) {
                move(member, layer, chosen[member.index()]);
            }
        }
        store.flush();
    }

    private void move(PagedMember member, int layer, Selection[] chosen) {
        var journal = member.journal(layer);
        try {
            for (int group = 0; group < chosen.length; group++) {
                var table = member.layer(layer).groups.get(group);
                var selection = chosen[group];
                if (selection.victims().length + selection.recalls().length > 0) {
                    journal.beforeMoves();
                }
                for (int page : selection.victims()) {
                    store.evict(table, page);
                }
                for (int page : selection.recalls()) {
                    recalledPages += store.recall(table, page) ? 1 : 0;
                }
                member.evictedPages += selection.victims().length;
                member.recalledPages += selection.recalls().length;
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
        member.journal(layer).beforeMoves();
        try {
            for (int group = 0; group < groups.size(); group++) {
                var table = groups.get(group);
                int at = base + group;
                int excess = Math.max(0, table.residents() - residence.budgetPages(layer, group));
                var victims = selector.victims(
                        settings, table, table.pages(), new int[0], excess, page -> order[at + page * groups.size()]);
                for (int page : victims) {
                    store.evict(table, page);
                }
                member.evictedPages += victims.length;
            }
        } catch (IOException e) {
            lost.putIfAbsent(member.sequence(), e);
        }
    }
}
