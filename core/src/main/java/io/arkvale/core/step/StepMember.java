package io.arkvale.core.step;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CacheSequence;
import io.arkvale.core.Residence;
import java.util.List;

/**
 * One sequence's part in a step: what it grows by, and what follows from that.
 *
 * @param <S> the backend's sequences
 */
public class StepMember<S extends CacheSequence> {
    private final S sequence;
    private final CacheSpec cache;
    private int index;
    private int firstRow;
    private int tokens;
    private Role role = Role.BY_CALL;
    private int lengthBefore;
    private boolean promptOpenBefore;

    /**
     * A member of a step that opens; the sequence has not grown yet.
     *
     * @param index place in the batch
     * @param firstRow its first row in tensors that hold all tokens of the step
     * @param tokens tokens it grows by
     * @param role what it does
     */
    public StepMember(S sequence, CacheSpec cache, int index, int firstRow, int tokens, Role role) {
        this(sequence, cache);
        begin(index, firstRow, tokens, role);
    }

    /** A member of steps that are yet to open: each begins it. */
    protected StepMember(S sequence, CacheSpec cache) {
        this.sequence = sequence;
        this.cache = cache;
    }

    /** Begins with a step that opens; the sequence has not grown yet. Parameters are those of the constructor. */
    protected final void begin(int index, int firstRow, int tokens, Role role) {
        this.index = index;
        this.firstRow = firstRow;
        this.tokens = tokens;
        this.role = role;
        lengthBefore = sequence.length();
        promptOpenBefore = sequence.isPromptOpen();
    }

    /** The sequence. */
    public final S sequence() {
        return sequence;
    }

    /** Place in the batch. */
    public final int index() {
        return index;
    }

    /** Its first row in tensors that hold all tokens of the step. */
    public final int firstRow() {
        return firstRow;
    }

    /** Tokens it grows by. */
    public final int tokens() {
        return tokens;
    }

    /** What it does. */
    public final Role role() {
        return role;
    }

    /** Whether it may decode: it does, or the calls may say so. */
    public final boolean mayDecode() {
        return role == Role.DECODE || (role == Role.BY_CALL && tokens == 1);
    }

    /** Whether its prompt ends with the step. */
    public final boolean endsPrompt() {
        return role == Role.LAST_PROMPT || role == Role.LAST_INGEST;
    }

    /** Whether its prompt was open before the step. */
    public final boolean promptOpenBefore() {
        return promptOpenBefore;
    }

    /** Whether it may hold all of its pages, whatever its budget, before or after the step. */
    public final boolean mayHoldAllPages() {
        return promptOpenBefore || role.leavesPromptOpen();
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
        return residence().limitedLayers();
    }

    /** Whether it is over the budget of any head group of a layer, once the layer is done: then its pages are scored. */
    public final boolean isOverBudget(int layer) {
        return residence().isOverBudget(layer, pagesAfter());
    }

    /** Whether it is over the budget of a head group of a layer, once the layer is done. */
    public final boolean isOverBudget(int layer, int group) {
        return residence().isOverBudget(layer, group, pagesAfter());
    }

    /** Pages that are scored in a layer: those filled once the layer is done, if it is over a budget then. */
    public final int scoredPages(int layer) {
        return isOverBudget(layer) ? filledAfter() : 0;
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
            offsets[i + 1] = Math.addExact(offsets[i], members.get(i).scoredPages(layer));
        }
        return offsets;
    }

    /** Most rows of scores that any layer of a step has. */
    public static int mostScores(List<? extends StepMember<?>> members, int layers) {
        int most = 0;
        for (int layer = 0; layer < layers; layer++) {
            int scored = 0;
            for (int i = 0; i < members.size(); i++) {
                scored = Math.addExact(scored, members.get(i).scoredPages(layer));
            }
            most = Math.max(most, scored);
        }
        return most;
    }

    /** What the sequence keeps on the device. */
    public final Residence residence() {
        return sequence.residence();
    }

    /** The sequence's settings. */
    public final SequenceSpec settings() {
        return sequence.spec();
    }
}
