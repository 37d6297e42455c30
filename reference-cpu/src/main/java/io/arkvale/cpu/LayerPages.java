package io.arkvale.cpu;

import io.arkvale.api.support.PageTable;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one sequence stores in one layer. */
final class LayerPages {
    /** Tokens stored. */
    int tokens;
    /** Page tables, one a head group. */
    final List<PageTable<Backup>> groups;
    /** Digests of the filled pages; null in a layer without a budget. */
    final @Nullable DigestColumn digests;

    LayerPages(int headGroups, @Nullable DigestColumn digests) {
        groups = Stream.generate(PageTable<Backup>::new).limit(headGroups).toList();
        this.digests = digests;
    }

    /** A copy for a fork; the caller retains slots and backups. */
    LayerPages(LayerPages other) {
        tokens = other.tokens;
        groups = other.groups.stream().map(PageTable<Backup>::new).toList();
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
        return groups.getFirst().pages();
    }
}
