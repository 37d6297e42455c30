package io.arkvale.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the algorithm needs to know about one sequence, given when it begins. Pages count the last one, full or not.
 *
 * @param budgetPages {@code c}: pages that stay resident per layer and head group, or {@link #NO_BUDGET}
 * @param attendedPages {@code k}: filled pages that take part in attention, {@code sinkPages + windowPages ≤ k ≤ c −
 *     1}; the last page comes on top. {@link #NO_BUDGET} without a budget
 * @param sinkPages first pages that are never evicted, at least 0
 * @param windowPages last pages that are never evicted, the last page counted, at least 1
 * @param denseLayers first layers that keep everything, at least 0; at most the cache's layers
 * @param digest summary from which pages are scored
 * @param groupScore how query heads' scores become a group's
 * @param scope which pages take part in attention
 * @param pageSize tokens per page of the caches that it is for, as its {@link #builder} was told, or {@link
 *     #ANY_PAGE_SIZE}
 * @param layerBudgets layers and head groups whose budget differs from what {@code budgetPages}, {@code attendedPages}
 *     and {@code denseLayers} say; none twice
 */
public record SequenceSpec(
        int budgetPages,
        int attendedPages,
        int sinkPages,
        int windowPages,
        int denseLayers,
        Digest digest,
        GroupScore groupScore,
        Scope scope,
        int pageSize,
        List<LayerBudget> layerBudgets) {

    /** The page size of settings that count in pages alone, and so fit any cache. */
    public static final int ANY_PAGE_SIZE = 0;

    /** Budget of a sequence that keeps everything resident. */
    public static final int NO_BUDGET = Integer.MAX_VALUE;

    /** Most tokens attended to by default, whatever the budget: 40 pages of 32 (paper, section 6.1). */
    private static final long MOST_ATTENDED_TOKENS = 40 * 32;

    /**
     * Checks every field.
     *
     * @throws InvalidArgumentException naming the field, its value and the allowed range
     */
    public SequenceSpec {
        Checks.range("sinkPages", sinkPages, 0, Short.MAX_VALUE);
        Checks.range("windowPages", windowPages, 1, Short.MAX_VALUE);
        Checks.range("denseLayers", denseLayers, 0, Short.MAX_VALUE);
        Checks.range("pageSize", pageSize, ANY_PAGE_SIZE, Short.MAX_VALUE);
        requirePages("", budgetPages, attendedPages, sinkPages, windowPages);
        layerBudgets = List.copyOf(layerBudgets);
        for (int i = 0; i < layerBudgets.size(); i++) {
            var one = layerBudgets.get(i);
            requirePages(" of " + one.subject(), one.budgetPages(), one.attendedPages(), sinkPages, windowPages);
            var before = find(layerBudgets.subList(0, i), one.layer(), one.group());
            if (before != null) {
                throw new InvalidArgumentException(one.subject() + " has two budgets, " + before.budgetPages() + " and "
                        + one.budgetPages() + " pages; allowed: one");
            }
            var whole = find(layerBudgets, one.layer(), LayerBudget.ALL_GROUPS);
            boolean isLimited =
                    whole != null ? whole.isLimited() : budgetPages != NO_BUDGET && one.layer() >= denseLayers;
            if (one.group() != LayerBudget.ALL_GROUPS && !isLimited) {
                throw new InvalidArgumentException(one.subject() + " has a budget and its layer has none; allowed: a"
                        + " budget for all groups of a layer, or for none");
            }
        }
    }

    private static void requirePages(String of, int budget, int attended, int sinkPages, int windowPages) {
        if (budget == NO_BUDGET) {
            Checks.range("attendedPages" + of, attended, NO_BUDGET, NO_BUDGET);
            return;
        }
        var pinned = sinkPages + windowPages;
        if (budget <= pinned) {
            throw new InvalidArgumentException("budgetPages" + of + " is " + budget + ": " + sinkPages + " sink and "
                    + windowPages + " window pages need at least " + (pinned + 1));
        }
        Checks.range("attendedPages" + of, attended, pinned, budget - 1);
    }

    private static @Nullable LayerBudget find(List<LayerBudget> some, int layer, int group) {
        for (var one : some) {
            if (one.layer() == layer && one.group() == group) {
                return one;
            }
        }
        return null;
    }

    /** Settings that count in pages alone, for caches of any page size, with one budget for all layers that are not dense. */
    public SequenceSpec(
            int budgetPages,
            int attendedPages,
            int sinkPages,
            int windowPages,
            int denseLayers,
            Digest digest,
            GroupScore groupScore,
            Scope scope) {
        this(
                budgetPages,
                attendedPages,
                sinkPages,
                windowPages,
                denseLayers,
                digest,
                groupScore,
                scope,
                ANY_PAGE_SIZE,
                List.of());
    }

    /**
     * Checks that these settings fit a cache of the given page size.
     *
     * @throws InvalidArgumentException if they were made for another page size
     */
    public void requirePageSize(int cachePageSize) {
        if (pageSize != ANY_PAGE_SIZE && pageSize != cachePageSize) {
            throw new InvalidArgumentException("the settings are for pages of " + pageSize
                    + " tokens and the cache has pages of " + cachePageSize + "; build them with SequenceSpec.builder("
                    + cachePageSize + ")");
        }
    }

    /** Whether any layer has a budget. */
    public boolean isLimited() {
        return budgetPages != NO_BUDGET || layerBudgets.stream().anyMatch(LayerBudget::isLimited);
    }

    /** Whether the given layer has a budget, and so backups and digests, in a cache in which it has no window. */
    public boolean isLimited(int layer) {
        return budgetPages(layer, LayerBudget.ALL_GROUPS) != NO_BUDGET;
    }

    /** Pages of a head group of a layer that stay resident, or {@link #NO_BUDGET}. */
    public int budgetPages(int layer, int group) {
        var own = budget(layer, group);
        return own != null ? own.budgetPages() : layer < denseLayers ? NO_BUDGET : budgetPages;
    }

    /** Filled pages of a head group of a layer that take part in attention, or {@link #NO_BUDGET} without a budget. */
    public int attendedPages(int layer, int group) {
        var own = budget(layer, group);
        return own != null ? own.attendedPages() : layer < denseLayers ? NO_BUDGET : attendedPages;
    }

    private @Nullable LayerBudget budget(int layer, int group) {
        var own = find(layerBudgets, layer, group);
        return own != null ? own : find(layerBudgets, layer, LayerBudget.ALL_GROUPS);
    }

    /** The same settings with other budgets of layers and head groups. */
    public SequenceSpec withLayerBudgets(List<LayerBudget> others) {
        return new SequenceSpec(
                budgetPages,
                attendedPages,
                sinkPages,
                windowPages,
                denseLayers,
                digest,
                groupScore,
                scope,
                pageSize,
                others);
    }

    /** Pages chosen by rank beside sink and window: {@code k − sink − (window − 1)}, at least 1. */
    public int rankedPages() {
        return ranked(attendedPages);
    }

    /** Pages of a head group of a layer with a budget that are chosen by rank. */
    public int rankedPages(int layer, int group) {
        return ranked(attendedPages(layer, group));
    }

    private int ranked(int attended) {
        return attended - sinkPages - (windowPages - 1);
    }

    /**
     * Most tokens that a member with {@link Batch.Role#DECODE} may bring, so that their pages are in the window:
     * {@code (window − 1) · p + 1} with a budget, any number without.
     *
     * @param pageSize tokens per page
     */
    public int mostDrafted(int pageSize) {
        return isLimited() ? Math.addExact(Math.multiplyExact(windowPages - 1, pageSize), 1) : Integer.MAX_VALUE;
    }

    /** A sequence without a budget: exact full attention, no backups, no digests. */
    public static SequenceSpec full() {
        return new SequenceSpec(NO_BUDGET, NO_BUDGET, 0, 1, 0, Digest.CUBOID_MEAN, GroupScore.MEAN, Scope.ATTENDED);
    }

    /**
     * Starts settings with the defaults: 2 sink pages, 2 window pages, 2 dense layers, cuboid-mean, mean, attended.
     *
     * @param pageSize tokens per page of the cache the sequence will live in; a cache of another page size refuses it
     */
    public static Builder builder(int pageSize) {
        return new Builder(pageSize);
    }

    /** Collects the fields of a {@link SequenceSpec}; {@link #build()} fills in defaults and validates. */
    public static final class Builder {
        private final int pageSize;
        private int budgetPages = NO_BUDGET;
        private int budgetTokens;
        private int attendedPages;
        private boolean attendedGiven;
        private int sinkPages = 2;
        private int windowPages = 2;
        private int denseLayers = 2;
        private Digest digest = Digest.CUBOID_MEAN;
        private GroupScore groupScore = GroupScore.MEAN;
        private Scope scope = Scope.ATTENDED;
        private final List<LayerBudget> layerBudgets = new ArrayList<>();

        private Builder(int pageSize) {
            Checks.range("pageSize", pageSize, 1, Short.MAX_VALUE);
            this.pageSize = pageSize;
        }

        /** Sets the budget in pages; no budget if neither this nor {@link #budgetTokens} is called. */
        public Builder budgetPages(int budgetPages) {
            this.budgetPages = budgetPages;
            budgetTokens = 0;
            return this;
        }

        /**
         * Sets the budget in tokens.
         *
         * @throws InvalidArgumentException if it is not a positive multiple of the page size
         */
        public Builder budgetTokens(int budgetTokens) {
            Checks.range("budgetTokens", budgetTokens, 1, Integer.MAX_VALUE);
            Checks.multiple("budgetTokens", budgetTokens, "pageSize", pageSize);
            this.budgetTokens = budgetTokens;
            budgetPages = budgetTokens / pageSize;
            return this;
        }

        /** Sets the attended pages; {@code max(sink + window, ⌊min(40·32, c·p/2)/p⌋)} if not called. */
        public Builder attendedPages(int attendedPages) {
            this.attendedPages = attendedPages;
            this.attendedGiven = true;
            return this;
        }

        /** Sets the sink pages; 2 if not called. */
        public Builder sinkPages(int sinkPages) {
            this.sinkPages = sinkPages;
            return this;
        }

        /** Sets the window pages, the last one counted; 2 if not called. */
        public Builder windowPages(int windowPages) {
            this.windowPages = windowPages;
            return this;
        }

        /** Sets the first layers that keep everything; 2 if not called. */
        public Builder denseLayers(int denseLayers) {
            this.denseLayers = denseLayers;
            return this;
        }

        /** Gives all head groups of one layer a budget of their own, whether the layer is among the dense ones or not. */
        public Builder layerBudget(int layer, int budgetPages, int attendedPages) {
            return groupBudget(layer, LayerBudget.ALL_GROUPS, budgetPages, attendedPages);
        }

        /** Gives one head group of a layer that has a budget another one. */
        public Builder groupBudget(int layer, int group, int budgetPages, int attendedPages) {
            layerBudgets.add(new LayerBudget(layer, group, budgetPages, attendedPages));
            return this;
        }

        /** Makes one layer keep everything. */
        public Builder denseLayer(int layer) {
            return layerBudget(layer, NO_BUDGET, NO_BUDGET);
        }

        /** Sets the digest; cuboid-mean if not called. */
        public Builder digest(Digest digest) {
            this.digest = digest;
            return this;
        }

        /** Sets how a group's score is made; the mean if not called. */
        public Builder groupScore(GroupScore groupScore) {
            this.groupScore = groupScore;
            return this;
        }

        /** Sets the scope of attention; attended if not called. */
        public Builder scope(Scope scope) {
            this.scope = scope;
            return this;
        }

        /**
         * The validated settings.
         *
         * @throws InvalidArgumentException naming the field, its value and the allowed range
         */
        public SequenceSpec build() {
            requireTokens();
            var attended =
                    attendedGiven ? attendedPages : budgetPages == NO_BUDGET ? NO_BUDGET : defaultAttendedPages();
            return new SequenceSpec(
                    budgetPages,
                    attended,
                    sinkPages,
                    windowPages,
                    denseLayers,
                    digest,
                    groupScore,
                    scope,
                    pageSize,
                    layerBudgets);
        }

        /** Who gave tokens is told of tokens. */
        private void requireTokens() {
            var pinned = (long) sinkPages + windowPages;
            if (budgetTokens > 0 && budgetPages <= pinned) {
                throw new InvalidArgumentException("budgetTokens is " + budgetTokens + ", " + budgetPages + " pages of "
                        + pageSize + " tokens; " + sinkPages + " sink and " + windowPages
                        + " window pages need at least " + (pinned + 1) * pageSize + " tokens");
            }
        }

        private int defaultAttendedPages() {
            var tokens = Math.min(MOST_ATTENDED_TOKENS, (long) budgetPages * pageSize / 2);
            return Math.max(sinkPages + windowPages, (int) (tokens / pageSize));
        }
    }
}
