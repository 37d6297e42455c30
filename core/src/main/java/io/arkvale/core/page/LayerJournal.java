package io.arkvale.core.page;

import io.arkvale.core.table.AttendedPages;
import io.arkvale.core.table.LayerPages;
import io.arkvale.core.table.PageStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a step has changed in one layer of one sequence, and how to take it back. */
final class LayerJournal {
    private final LayerPages layer;
    private final int tokensBefore;
    private final int pagesBefore;
    private final List<AttendedPages> attendedBefore = new ArrayList<>();
    private final int[][] residentBefore;

    LayerJournal(LayerPages layer) {
        this.layer = layer;
        tokensBefore = layer.tokens;
        pagesBefore = layer.pages();
        residentBefore = new int[layer.groups.size()][];
        for (int group = 0; group < layer.groups.size(); group++) {
            attendedBefore.add(layer.groups.get(group).attended());
        }
    }

    /** Notes which pages are resident, before the layer's first eviction or recall. */
    void beforeMoves() {
        for (int group = 0; group < residentBefore.length; group++) {
            if (residentBefore[group] == null) {
                residentBefore[group] = layer.groups.get(group).residentPages();
            }
        }
    }

    /** First half of taking back: gives up slots, so that every layer's second half finds those it had. */
    void undoRecalls(PageStore store) throws IOException {
        for (int group = 0; group < layer.groups.size(); group++) {
            var table = layer.groups.get(group);
            var before = residentBefore[group];
            if (before != null) {
                for (int page = 0, next = 0; page < pagesBefore; page++) {
                    if (next < before.length && before[next] == page) {
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
            var before = residentBefore[group];
            if (before != null) {
                for (int page : before) {
                    if (page < pagesBefore && !table.isResident(page)) {
                        store.recall(table, page);
                    }
                }
            }
            for (int page = tokensBefore / pageSize; page < pagesBefore; page++) {
                store.releaseBackup(table, page);
            }
            table.setAttended(attendedBefore.get(group));
        }
        layer.tokens = tokensBefore;
        layer.digests.forEach(list -> list.resize(Math.min(list.pages(), tokensBefore / pageSize)));
    }
}
