package io.arkvale.experiments.engine.group;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.experiments.result.Usage;
import org.jspecify.annotations.Nullable;

/** What one sequence of a cache has used: the cache's own counts of each step, in the terms of every policy. */
final class CacheCounts {
    private final CacheSpec spec;
    private final Sequence sequence;
    /** Head groups of all limited layers. */
    private final long limitedGroups;
    /** Group pages on the device, of limited layers. */
    private long resident;

    private long heldTokens;
    private long attendedPages;
    private long attendedTokens;
    private long recalledPages;
    private long scoredPages;
    private long denseTokens;
    /** Tokens of all layers and KV heads on the device at most. */
    private long mostTokens;

    private long steps;

    /**
     * Counts from the state that a prefill left.
     *
     * @param mostTokens the most tokens of all layers and KV heads on the device so far
     */
    CacheCounts(CacheSpec spec, CacheView view, Sequence sequence, long mostTokens) {
        this.mostTokens = mostTokens;
        this.sequence = sequence;
        this.spec = spec;
        limitedGroups = (long) (spec.layers() - denseLayers()) * spec.headGroups();
        for (int layer = denseLayers(); layer < spec.layers(); layer++) {
            for (int group = 0; group < spec.headGroups(); group++) {
                for (int page = 0; page < pages(); page++) {
                    resident += view.page(sequence, layer, group, page).resident() ? 1 : 0;
                }
            }
        }
    }

    private int denseLayers() {
        return sequence.spec().denseLayers();
    }

    private int pages() {
        return spec.pages(sequence.length());
    }

    /** Adds a committed decode step. */
    void add(SequenceCounts step) {
        var opened = sequence.length() % spec.pageSize() == 1 || spec.pageSize() == 1;
        resident += step.recalledPages() - step.evictedPages() + (opened ? limitedGroups : 0);
        heldTokens += heldNow();
        attendedPages += step.attendedPages();
        attendedTokens += step.attendedPages() * spec.pageSize() - empty();
        recalledPages += step.recalledPages();
        scoredPages += step.scoredPages();
        denseTokens += (long) denseLayers() * spec.kvHeads() * sequence.length();
        mostTokens = Math.max(mostTokens, tokensNow());
        steps++;
    }

    /** Tokens of limited layers' head groups on the device. */
    private long heldNow() {
        return resident * spec.pageSize() - empty();
    }

    /** Tokens of all layers and KV heads on the device. */
    private long tokensNow() {
        return heldNow() * spec.kvHeadsPerGroup() + (long) denseLayers() * spec.kvHeads() * sequence.length();
    }

    /** Of the pages that took part, the share that had not to be recalled for it; null before a step. */
    @Nullable
    Double hits() {
        return attendedPages == 0 ? null : (attendedPages - recalledPages) / (double) attendedPages;
    }

    /** Places without a token: the last page always takes part and stays, and what it lacks is neither held nor read. */
    private long empty() {
        return limitedGroups * ((long) pages() * spec.pageSize() - sequence.length());
    }

    /**
     * All of it.
     *
     * @param inTime share of the pages of the layers' own choice that were there in time, or null if nobody knows
     */
    Usage usage(@Nullable Double inTime) {
        var perStep = 1.0 / Math.max(1, steps);
        var perGroup = 1.0 / Math.max(1, limitedGroups);
        var tokenBytes = 2.0 * spec.elementType().bytes() * spec.headDim();
        var digestBytes = sequence.spec().digest().form().bytes(spec.headDim(), spec.elementType());
        var pages = perGroup / spec.pageSize();
        var held = heldNow();
        var filled = (long) (sequence.length() / spec.pageSize());
        return new Usage(
                held * pages,
                attendedTokens * pages * perStep,
                heldTokens * perGroup * perStep,
                tokensNow() * tokenBytes,
                mostTokens * tokenBytes,
                (double) filled * limitedGroups * spec.kvHeadsPerGroup() * digestBytes,
                recalledPages * (double) spec.slotBytes(),
                recalledPages / (double) spec.headGroups() * perStep,
                inTime,
                (double) scoredPages * spec.kvHeadsPerGroup() * digestBytes * perStep,
                (attendedTokens * spec.kvHeadsPerGroup() + denseTokens) * tokenBytes * perStep);
    }
}
