package io.arkvale.core.step;

import io.arkvale.spi.TensorMemory;
import java.util.List;

/**
 * What a backend does in the calls of a step. {@link CheckedStep} has checked each call: its order, its tensors, and with
 * immediate checks its values. Shapes are those of {@link io.arkvale.api.Step}; sequences are those of the batch, in its order.
 *
 * <p>The life of it: made when everything that the step may need is reserved, then {@link #begin}, then calls, then either
 * {@link #finish} or {@link #undo}. If {@code begin} throws, {@code undo} follows.
 *
 * @param <M> the memory of the cache's tensors
 */
public interface StepWork<M extends TensorMemory> {
    /** Begins to change things. Sequences have not grown yet. */
    default void begin() {}

    /**
     * The five steps at once. Scores that {@link #scores} shows stay as they are.
     *
     * @param prefetched whether the layer's pages were selected ahead, so that estimate, select and recall are left out
     */
    void decode(int layer, M queries, M keys, M values, M output, boolean prefetched);

    /** Step (a): one token per sequence. */
    void append(int layer, M keys, M values, boolean prefetched);

    /** Step (b): scores the filled pages of every sequence that is over its budget. */
    void estimate(int layer, M queries);

    /** The scores of the last estimate, valid until the next one or the end of the step; nothing else writes them. */
    M scores();

    /** Step (c) with the scores of the last estimate. */
    void select(int layer);

    /** Step (c) with the caller's scores, which are only read. */
    void select(int layer, M scores);

    /** Step (d). */
    void recall(int layer);

    /** Step (e). The layer may have been prefetched. */
    void attend(int layer, M queries, M output);

    /**
     * Stores a chunk.
     *
     * @param tokens tokens of each sequence in the chunk
     * @param stored tokens of each sequence that the layer has got in this step before
     */
    void ingest(int layer, int[] tokens, int[] stored, M keys, M values);

    /** Stores a chunk and attends from it; see {@link #ingest}. */
    void prefill(int layer, int[] tokens, int[] stored, M queries, M keys, M values, M output);

    /** Evicts down to the budget, by the scores of the last queries. */
    void finishPrefill(int layer, M lastQueries);

    /** All of a layer, for members that have roles. */
    void forward(int layer, M queries, M keys, M values, M output);

    /** Selects and recalls for a later layer, on its pages as they will be after its append. */
    void prefetch(int layer, M guessedQueries);

    /**
     * The first member whose rows hold a number that is not finite, or −1. Asked before the call changes anything, with
     * immediate checks.
     *
     * @param heads heads per row
     * @param rows the rows that count, in batch order
     */
    int firstNotFinite(M memory, int heads, List<MemberRows> rows);

    /**
     * With deferred checks, notes members whose rows hold a number that is not finite, for {@link #finish}. A device that
     * notes them while it reads the rows has nothing to do here.
     *
     * @param name what the call calls the rows
     */
    void noteNotFinite(String name, M memory, int heads, List<MemberRows> rows);

    /** Slots promised to the step and not yet taken. */
    long unusedReservation();

    /**
     * Ends the step, without waiting for work that is under way: the next one may begin before the outcome is there.
     *
     * @param kept tokens that each member keeps; as many as it brought unless the backend declares truncation
     */
    PendingOutcome finish(int[] kept);

    /**
     * Takes back everything but the lengths of the sequences.
     *
     * @throws io.arkvale.api.BackupException if pages of some sequences cannot be brought back; all else is done by then
     */
    void undo();
}
