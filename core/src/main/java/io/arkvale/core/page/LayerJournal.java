package io.arkvale.core.page;

import io.arkvale.core.select.Selection;
import io.arkvale.core.table.LayerPages;
import io.arkvale.core.table.PageList;
import io.arkvale.core.table.PageStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a step has changed in one layer of one sequence, and how to take it back. The next step uses it again. */
final class LayerJournal {
    private final LayerPages layer;
    private final List<Selection> selections = new ArrayList<>();
    private final List<PageList> attendedBefore = new ArrayList<>();
    private final List<PageList> residentBefore = new ArrayList<>();
    private int tokensBefore;
    private int pagesBefore;
    private boolean begun;
    private boolean moves;

    LayerJournal(LayerPages layer) {
        this.layer = layer;
        for (int group = 0; group < layer.groups.size(); group++) {
            selections.add(new Selection());
            attendedBefore.add(new PageList());
            residentBefore.add(new PageList());
        }
    }

    /** Begins at a step's first change of the layer; does nothing at those that follow. */
    void begin() {
        if (begun) {
            return;
        }
        begun = true;
        moves = false;
        tokensBefore = layer.tokens;
        pagesBefore = layer.pages();
        for (int group = 0; group < selections.size(); group++) {
            selections.get(group).clear();
            attendedBefore.get(group).set(layer.groups.get(group).attended());
        }
    }

    /** Whether the step has changed the layer. */
    boolean isBegun() {
        return begun;
    }

    /** Forgets what the last step has changed. */
    void end() {
        begun = false;
    }

    /** What is to move in a head group. */
    Selection selection(int group) {
        return selections.get(group);
    }

    /** Notes which pages are resident, before the layer's first eviction or recall. */
    void beforeMoves() {
        for (int group = 0; !moves && group < residentBefore.size(); group++) {
            layer.groups.get(group).listResidents(residentBefore.get(group));
        }
        moves = true;
    }

    /** First half of taking back: gives up slots, so that every layer's second half finds those it had. */
    void undoRecalls(PageStore store) throws IOException {
        for (int group = 0; group < layer.groups.size(); group++) {
            var table = layer.groups.get(group);
            var before = residentBefore.get(group);
            if (moves) {
                for (int page = 0, next = 0; page < pagesBefore; page++) {
                    if (next < before.count() && before.page(next) == page) {
                        next++;
                    } else if (table.isResident(page)) {
                        store.evict(table, page);
                    }
                }
            }
            while (table.pages() > pagesBefore) {
                store.removeLastPage(table);
            }
        }
    }

    /** Second half: brings evicted pages back, and forgets tokens, digests and backups of pages that are not full now. */
    void undoEvictions(PageStore store, int pageSize) throws IOException {
        for (int group = 0; group < layer.groups.size(); group++) {
            var table = layer.groups.get(group);
            var before = residentBefore.get(group);
            if (moves) {
                for (int i = 0; i < before.count(); i++) {
                    int page = before.page(i);
                    if (page < pagesBefore && !table.isResident(page)) {
                        store.recall(table, page);
                    }
                }
            }
            for (int page = tokensBefore / pageSize; page < pagesBefore; page++) {
                store.releaseBackup(table, page);
            }
            table.attended().set(attendedBefore.get(group));
        }
        layer.tokens = tokensBefore;
        layer.digests.forEach(list -> list.resize(Math.min(list.pages(), tokensBefore / pageSize)));
    }
}
