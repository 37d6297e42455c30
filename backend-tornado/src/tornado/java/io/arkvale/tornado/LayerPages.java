package io.arkvale.tornado;

import io.arkvale.api.support.PageTable;
import java.util.List;
import java.util.stream.Stream;

/** What one sequence stores in one layer. */
final class LayerPages {
    /** Whether the layer has a budget, and so backups and digests. */
    final boolean limited;
    /** Tokens stored. */
    int tokens;
    /** Page tables, one a head group. */
    final List<PageTable<Backup>> groups;

    LayerPages(int headGroups, boolean limited) {
        this.limited = limited;
        groups = Stream.generate(PageTable<Backup>::new).limit(headGroups).toList();
    }

    /** A copy for a fork; the caller retains slots and backups. */
    LayerPages(LayerPages other) {
        limited = other.limited;
        tokens = other.tokens;
        groups = other.groups.stream().map(PageTable<Backup>::new).toList();
    }

    /** Pages, the last one counted, full or not. */
    int pages() {
        return groups.getFirst().pages();
    }
}
