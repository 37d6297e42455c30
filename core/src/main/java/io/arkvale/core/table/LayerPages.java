package io.arkvale.core.table;

import java.util.ArrayList;
import java.util.List;

/** What one sequence stores in one layer. */
public final class LayerPages {
    /** Tokens stored. */
    public int tokens;
    /** Page tables, one per head group. */
    public final List<PageTable> groups = new ArrayList<>();
    /** Digests of the filled pages, one list per head group; none in a layer without a budget. */
    public final List<DigestList> digests = new ArrayList<>();

    /** Nothing yet; the store adds tables. */
    LayerPages() {}

    /** Whether the layer has a budget, and so digests and backups. */
    public boolean isLimited() {
        return !digests.isEmpty();
    }

    /** Pages, the last one counted, full or not. */
    public int pages() {
        return groups.getFirst().pages();
    }
}
