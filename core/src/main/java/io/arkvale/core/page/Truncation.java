package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.table.LayerPages;
import io.arkvale.core.table.PageStore;
import io.arkvale.core.table.PageTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of a sequence are taken back (rule 709). Pages beyond the new length go. What must be resident at the new length and
 * is not comes back: all pages within the budget, else sink and window.
 */
final class Truncation {
    private final CacheSpec spec;
    private final PageStore store;
    private final PagedSequence sequence;
    private final int length;
    private final boolean besideStep;
    private final List<Return> returns = new ArrayList<>();

    /**
     * A page that comes back.
     *
     * @param bytes of its backup; null if a slot holds it already
     */
    private record Return(
            PageTable table, int page, @Nullable MemorySegment bytes) {}

    /**
     * Nothing has changed yet.
     *
     * @param besideStep whether a step is open on other sequences
     */
    Truncation(CacheSpec spec, PageStore store, PagedSequence sequence, int length, boolean besideStep) {
        this.spec = spec;
        this.store = store;
        this.sequence = sequence;
        this.length = length;
        this.besideStep = besideStep;
    }

    /** Slots that come into use less those that come free: below 0 if more come free. */
    long slotsNeeded() {
        long needed = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (int group = 0; group < spec.headGroups(); group++) {
                var table = sequence.layer(layer).groups.get(group);
                for (int page = spec.pages(length); page < table.pages(); page++) {
                    needed -= table.isResident(page) && !store.slots.isShared(table.slot(page)) ? 1 : 0;
                }
                for (int page = 0; page < spec.pages(length); page++) {
                    needed += mustReturn(layer, group, page) && !canShare(table, page) ? 1 : 0;
                }
            }
        }
        return needed;
    }

    /**
     * Takes the tokens back.
     *
     * @throws IOException if a page that comes back could not be written or cannot be read; nothing has changed then
     */
    void run() throws IOException {
        boolean read = false;
        try {
            readReturns();
            read = true;
        } finally {
            if (!read) {
                store.dropPending();
            }
        }
        for (var layer : sequence.layers) {
            shorten(layer);
        }
        for (var one : returns) {
            var backup = one.table().requireBackup(one.page());
            one.table().recall(one.page(), one.bytes() == null ? store.share(backup) : store.fill(one.bytes(), backup));
        }
        store.flush();
        for (var layer : sequence.layers) {
            forgetLastPage(layer);
        }
    }

    private void readReturns() throws IOException {
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (int group = 0; group < spec.headGroups(); group++) {
                var table = sequence.layer(layer).groups.get(group);
                for (int page = 0; page < spec.pages(length); page++) {
                    if (mustReturn(layer, group, page)) {
                        var backup = table.requireBackup(page);
                        returns.add(new Return(table, page, canShare(table, page) ? null : store.read(backup)));
                    }
                }
            }
        }
    }

    private boolean canShare(PageTable table, int page) {
        return store.canShare(table.requireBackup(page), besideStep);
    }

    private boolean mustReturn(int layer, int group, int page) {
        var table = sequence.layer(layer).groups.get(group);
        return !table.isResident(page) && sequence.residence().bringsBack(layer, group, page, spec.pages(length));
    }

    private void shorten(LayerPages layer) {
        for (var table : layer.groups) {
            while (table.pages() > spec.pages(length)) {
                store.removeLastPage(table);
            }
            table.attended().cutBelow(table.pages());
        }
        layer.tokens = length;
        layer.digests.forEach(list -> list.resize(length / spec.pageSize()));
    }

    /** A last page that is not full is not backed up any more. */
    private void forgetLastPage(LayerPages layer) {
        if (length % spec.pageSize() != 0) {
            layer.groups.forEach(table -> store.releaseBackup(table, table.pages() - 1));
        }
    }
}
