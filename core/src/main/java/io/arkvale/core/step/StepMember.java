package io.arkvale.core.step;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CacheSequence;
import java.util.List;

/**
 * One sequence's part in a step: what it grows by, and what follows from that.
 *
 * @param <S> the backend's sequences
 */
public class StepMember<S extends CacheSequence> {
    private final S sequence;
    private final CacheSpec cache;
    private final int index;
    private final int tokens;
    private final int lengthBefore;

    /**
     * A member of a step that opens; the sequence has not grown yet.
     *
     * @param index place in the batch
     * @param tokens tokens it grows by
     */
    public StepMember(S sequence, CacheSpec cache, int index, int tokens) {
        this.sequence = sequence;
        this.cache = cache;
        this.index = index;
        this.tokens = tokens;
        lengthBefore = sequence.length();
    }

    /** The sequence. */
    public final S sequence() {
        return sequence;
    }

    /** Place in the batch. */
    public final int index() {
        return index;
    }

    /** Tokens it grows by. */
    public final int tokens() {
        return tokens;
    }

    /** Its length before the step. */
    public final int lengthBefore() {
        return lengthBefore;
    }

    /** Its length once the step is done. */
    public final int lengthAfter() {
        return lengthBefore + tokens;
    }

    /** Its pages before the step, the last one counted, full or not. */
    public final int pagesBefore() {
        return cache.pages(lengthBefore);
    }

    /** Its pages once the step is done. */
    public final int pagesAfter() {
        return cache.pages(lengthAfter());
    }

    /** Its filled pages before the step. */
    public final int filledBefore() {
        return lengthBefore / cache.pageSize();
    }

    /** Its filled pages once the step is done. */
    public final int filledAfter() {
        return lengthAfter() / cache.pageSize();
    }

    /** Pages of head groups that the step fills in layers with a budget: each gets a backup. */
    public final long newBackups() {
        return Math.multiplyExact((long) (filledAfter() - filledBefore()) * limitedLayers(), (long) cache.headGroups());
    }

    /** Layers with a budget. */
    public final int limitedLayers() {
        return settings().isLimited() ? Math.max(0, cache.layers() - settings().denseLayers()) : 0;
    }

    /** Whether it is over its budget in a layer, once the layer is done. */
    public final boolean isOverBudget(int layer) {
        return settings().isLimited(layer) && pagesAfter() > settings().budgetPages();
    }

    /** End of the pages that are ranked: the window follows. */
    public final int rankedTo() {
        return pagesAfter() - settings().windowPages();
    }

    /**
     * Offsets of each member's rows in the scores of a layer, as {@link io.arkvale.api.Step#scoreOffsets} gives them.
     *
     * @param members in batch order
     */
    public static int[] scoreOffsets(List<? extends StepMember<?>> members, int layer) {
        var offsets = new int[members.size() + 1];
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            offsets[i + 1] = Math.addExact(offsets[i], member.isOverBudget(layer) ? member.filledAfter() : 0);
        }
        return offsets;
    }

    /** The sequence's settings. */
    public final SequenceSpec settings() {
        return sequence.spec();
    }
}
