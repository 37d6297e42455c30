package io.arkvale.core;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;

/**
 * What a sequence keeps on the device, by layer and head group: the pages of its budget, those of the layer's window, or all.
 * The one place that puts the model's windows and the sequence's budgets together. A layer with a window has no budget: it is
 * neither backed up nor scored.
 */
public final class Residence {
    private final CacheSpec cache;
    private final SequenceSpec settings;

    /** By layer and head group, {@link SequenceSpec#NO_BUDGET} where there is none. */
    private final int[] budgets;

    private final int[] ranked;

    /** By layer: the smallest of its head groups' budgets. */
    private final int[] least;

    /** Of a sequence with the given settings. */
    public Residence(CacheSpec cache, SequenceSpec settings) {
        this.cache = cache;
        this.settings = settings;
        int groups = cache.headGroups();
        budgets = new int[cache.layers() * groups];
        ranked = new int[budgets.length];
        least = new int[cache.layers()];
        for (int layer = 0; layer < cache.layers(); layer++) {
            least[layer] = SequenceSpec.NO_BUDGET;
            boolean isLimited = !cache.hasWindow(layer) && settings.isLimited(layer);
            for (int group = 0; group < groups; group++) {
                int at = layer * groups + group;
                budgets[at] = isLimited ? settings.budgetPages(layer, group) : SequenceSpec.NO_BUDGET;
                ranked[at] = isLimited ? settings.rankedPages(layer, group) : 0;
                least[layer] = Math.min(least[layer], budgets[at]);
            }
        }
    }

    /** Whether any layer has a budget. */
    public boolean isLimited() {
        return limitedLayers() > 0;
    }

    /** Whether a layer has a budget, and so digests and backups. */
    public boolean isLimited(int layer) {
        return least[layer] != SequenceSpec.NO_BUDGET;
    }

    /** Layers with a budget. */
    public int limitedLayers() {
        return limitedLayersBefore(cache.layers());
    }

    /** Layers with a budget that come before one. */
    public int limitedLayersBefore(int layer) {
        int limited = 0;
        for (int before = 0; before < layer; before++) {
            limited += isLimited(before) ? 1 : 0;
        }
        return limited;
    }

    /** The largest budget of any layer and head group; 0 if there is none. */
    public int mostBudgetPages() {
        int most = 0;
        for (int budget : budgets) {
            most = budget == SequenceSpec.NO_BUDGET ? most : Math.max(most, budget);
        }
        return most;
    }

    /** Pages of a head group that stay resident, or {@link SequenceSpec#NO_BUDGET}. */
    public int budgetPages(int layer, int group) {
        return budgets[layer * cache.headGroups() + group];
    }

    /** Pages of a head group that are chosen by rank; 0 without a budget. */
    public int rankedPages(int layer, int group) {
        return ranked[layer * cache.headGroups() + group];
    }

    /** Whether so many pages are more than the budget of any head group of a layer. */
    public boolean isOverBudget(int layer, int pages) {
        return pages > least[layer];
    }

    /** Whether so many pages are more than the budget of a head group. */
    public boolean isOverBudget(int layer, int group, int pages) {
        return pages > budgetPages(layer, group);
    }

    /**
     * Whether an evicted page comes back whatever has been selected, at so many pages: without a budget, within it, in sink or
     * window pages. What has left a layer's window never does.
     */
    public boolean bringsBack(int layer, int group, int page, int pages) {
        if (cache.hasWindow(layer)) {
            return false;
        }
        boolean isPinned = page < settings.sinkPages() || page >= pages - settings.windowPages();
        return isPinned || !isOverBudget(layer, group, pages);
    }

    /** The first page that a query at a position attends to; 0 in a layer without a window. */
    public int firstSeen(int layer, int position) {
        return cache.hasWindow(layer) ? (int) (Math.max(0, position + 1L - cache.window(layer)) / cache.pageSize()) : 0;
    }

    /**
     * The first page that a layer keeps at a length between steps: a layer with a window keeps the pages that hold any of its
     * last {@code window + pageSize} tokens, so that tokens can be taken back, and one without keeps all.
     */
    public int firstKept(int layer, int length) {
        return cache.hasWindow(layer)
                ? (int) (Math.max(0, (long) length - cache.window(layer) - cache.pageSize()) / cache.pageSize())
                : 0;
    }

    /** The least length that a layer can be cut to whose first page there is the given one. */
    public long leastLength(int layer, int firstHeld) {
        return firstHeld == 0 ? 0 : (long) firstHeld * cache.pageSize() + cache.window(layer) - 1;
    }
}
