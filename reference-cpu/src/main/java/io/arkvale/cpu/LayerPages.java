package io.arkvale.cpu;

import org.jspecify.annotations.Nullable;

/** What one sequence stores in one layer. */
final class LayerPages {
    /** Tokens stored. */
    int tokens;
    /** Page tables, one a head group. */
    final GroupPages[] groups;
    /** Digests of the filled pages; null in a layer without a budget. */
    final @Nullable DigestColumn digests;

    LayerPages(int headGroups, @Nullable DigestColumn digests) {
        groups = new GroupPages[headGroups];
        for (int group = 0; group < headGroups; group++) {
            groups[group] = new GroupPages();
        }
        this.digests = digests;
    }

    /** A copy for a fork; the caller retains slots and backups. */
    LayerPages(LayerPages other) {
        tokens = other.tokens;
        groups = new GroupPages[other.groups.length];
        for (int group = 0; group < groups.length; group++) {
            groups[group] = new GroupPages(other.groups[group]);
        }
        digests = other.digests == null ? null : other.digests.fork();
    }

    /** The digests of a layer with a budget. */
    DigestColumn requireDigests() {
        if (digests == null) {
            throw new IllegalStateException("a layer without a budget has no digests");
        }
        return digests;
    }

    /** Pages, the last one counted, full or not. */
    int pages() {
        return groups[0].pages;
    }
}
