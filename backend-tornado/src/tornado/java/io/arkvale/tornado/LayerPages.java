package io.arkvale.tornado;

/** What one sequence stores in one layer. */
final class LayerPages {
    /** Whether the layer has a budget, and so backups and digests. */
    final boolean limited;
    /** Tokens stored. */
    int tokens;
    /** Page tables, one a head group. */
    final PageTable[] groups;

    LayerPages(int headGroups, boolean limited) {
        this.limited = limited;
        groups = new PageTable[headGroups];
        for (int group = 0; group < headGroups; group++) {
            groups[group] = new PageTable();
        }
    }

    /** A copy for a fork; the caller retains slots and backups. */
    LayerPages(LayerPages other) {
        limited = other.limited;
        tokens = other.tokens;
        groups = new PageTable[other.groups.length];
        for (int group = 0; group < groups.length; group++) {
            groups[group] = new PageTable(other.groups[group]);
        }
    }

    /** Pages, the last one counted, full or not. */
    int pages() {
        return groups[0].pages;
    }
}
