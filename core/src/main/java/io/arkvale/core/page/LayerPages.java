package io.arkvale.core.page;

import java.util.ArrayList;
import java.util.List;

/** What one sequence stores in one layer. */
final class LayerPages {
    /** Tokens stored. */
    int tokens;
    /** Page tables, one per head group. */
    final List<PageTable> groups = new ArrayList<>();
    /** Digests of the filled pages, one list per head group; none in a layer without a budget. */
    final List<DigestList> digests = new ArrayList<>();

    /** Whether the layer has a budget, and so digests and backups. */
    boolean isLimited() {
        return !digests.isEmpty();
    }

    /** Pages, the last one counted, full or not. */
    int pages() {
        return groups.getFirst().pages();
    }
}
