package io.arkvale.spi;

import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/**
 * What is particular to a device: slots that hold pages, digests of pages, and the arithmetic on both. One instance serves
 * one cache. Which page lies where, when it moves, what is undone and what callers are told is the core's business.
 *
 * <p><b>From the first call to the last.</b> A backend creates the device for a cache and takes all its memory then.
 * The core numbers slots from 0 to {@code deviceSlots − 1}. It numbers blocks of digests from 0, the lowest free number
 * first: at most {@code hostSlots + diskSlots}, one per backup, unless the backend declares forks with settings, which keep
 * digests of other kinds besides; {@link #reserveDigests} says how many are coming. It hands the device numbers
 * that it has checked: every slot is in range, every row within its tensor, every shape the cache's. In a step the calls
 * come in this order, layer by layer:
 *
 * <ol>
 *   <li>{@link #reserveDigests} as the step opens: the last call that may say that memory is short;
 *   <li>{@link #isFinite} on what the caller brings;
 *   <li>{@link #copy} where a page that forks share is about to be written, {@link #write} for the new rows,
 *       {@link #copyDigests} and {@link #digest} where pages have filled, and their backup by {@link #download};
 *   <li>{@link #score} for the sequences over their budget, or {@link #scoreAndAttend} for the batch;
 *   <li>{@link #upload} for the pages that come back from their backups;
 *   <li>{@link #attend}.
 * </ol>
 *
 * <p>Calls take effect in order and come from one thread at a time, {@link #download} as {@link Storage#copiesInBackground}
 * says. A device may still be at work when a call returns; what a call brings is read before it does, since the core fills
 * lists and their items again for the next one. Lists cover the whole batch, so that a device may do all of it at once. An item's result must depend on the item alone
 * if the backend declares that it is batch-invariant.
 *
 * <p>Errors: {@link #reserveDigests} and {@link #allocate} may raise {@link io.arkvale.api.CapacityException}; a device
 * that fails for good raises {@link io.arkvale.api.BackendLostException} from any call. Nothing else is expected.
 *
 * @param <M> the memory of its tensors. Queries, outputs, keys and values are {@code [rows, heads, headDim]} in the cache's
 *     element type; row {@code i} begins at {@code i} times {@link TensorMemory#rowStride}
 */
public interface PageDevice<M extends TensorMemory> extends AutoCloseable {
    /** How it stores pages. */
    Storage storage();

    /**
     * Memory for a tensor, all zero, owned by the caller.
     *
     * @param rowBytes bytes of a row; rows follow each other without gaps
     * @throws io.arkvale.api.CapacityException if there is not so much
     */
    M allocate(long bytes, long rowBytes);

    /**
     * A tensor over memory of the caller's: of the kind, size and alignment that the backend declares.
     *
     * @param rowStride bytes from one row to the next
     */
    default M wrap(MemorySegment memory, long rowStride) {
        throw new UnsupportedOperationException("the backend declares no tensors over memory of the caller's");
    }

    /** Whether {@code elements} numbers of a type, from offset {@code at} in bytes, are all finite. */
    boolean isFinite(M memory, ElementType type, long at, long elements);

    /** Puts rows of keys and values into slots. */
    void write(List<RowRun> runs, M keys, M values);

    /** Copies a slot to another. */
    void copy(int from, int to);

    /** Summarises pages (paper, section 5.2), each KV head of the page's group apart. */
    void digest(List<FilledPage> pages);

    /** Copies a block of digests to another, for a fork that goes its own way. Only asked where blocks hold several pages. */
    default void copyDigests(Digest digest, int from, int to) {
        throw new UnsupportedOperationException("digests lie one by one; no block is ever shared and then filled");
    }

    /**
     * Makes sure that so many blocks of digests of a form, beyond those in use, can be filled until the next step opens.
     * Called once per form and step.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much memory
     */
    default void reserveDigests(Digest.Form form, int blocks) {}

    /** Copies slots' bytes to host memory, {@link Storage#slotBytes} of each. */
    void download(List<SlotCopy> copies);

    /** Copies bytes that {@link #download} gave to slots. */
    void upload(List<SlotCopy> copies);

    /**
     * Scores pages from their digests: the query heads' scores, without the attention scale, made one score per head group.
     *
     * @param queries one row per sequence that is scored, and others
     */
    void score(List<Scoring> work, M queries, PageScores scores);

    /** Whether {@link #scoreAndAttend} can spare calls; else it is not asked. */
    default boolean choosesPages() {
        return false;
    }

    /**
     * Scores as {@link #score} does and attends at once wherever that needs nothing from the backups, for a device on which a
     * call costs much. The device chooses pages by the order that it writes, so that it and the core choose the same.
     *
     * @param choices what to attend to once pages are chosen
     * @param output rows of the choices that were not attended to may hold anything
     * @return which choices were attended to, by index; for any other {@link #attend} is called once its pages are there
     */
    default BitSet scoreAndAttend(List<Scoring> work, List<Choice> choices, M queries, PageScores scores, M output) {
        score(work, queries, scores);
        return new BitSet();
    }

    /**
     * Exact softmax attention, scaled by {@link io.arkvale.api.CacheSpec#attentionScale}. A page that is evicted comes as its
     * backup, in the slots' layout.
     */
    void attend(List<Attention> work, M queries, M output);

    /** Copies one slot's bytes to host memory. For views, which look at slot after slot: a device may fetch more at once. */
    default void read(int slot, MemorySegment target) {
        var copy = new SlotCopy();
        copy.set(slot, target, 0);
        download(List.of(copy));
    }

    /**
     * Writes a slot's bytes as rows: keys {@code [kvHeadsPerGroup, pageSize, headDim]}, then values in the same shape, in
     * the cache's element type. By default a slot's bytes are that: override it if yours are laid out otherwise. The bytes may
     * be a backup's. What was never stored may read as anything. For views.
     */
    default void unpack(MemorySegment slot, MemorySegment rows) {
        MemorySegment.copy(slot, 0, rows, 0, rows.byteSize());
    }

    /**
     * The digest of a KV head, counted within its group, widened to float32, in the order of
     * {@link io.arkvale.api.CacheView#digest}. For views.
     */
    float[] digest(Digest digest, int block, int index, int head);

    /** Returns when every earlier call has taken full effect. */
    default void synchronize() {}

    /** Nanoseconds of a clock whose differences say what calls took. */
    default long clock() {
        return System.nanoTime();
    }

    /** Bytes of device memory, pools, digests and scratch; tensors are counted apart. */
    long deviceBytes();

    /** Bytes of host memory for staging; backups and tensors are counted apart. */
    default long hostBytes() {
        return 0;
    }

    /** Whether tensors lie in host memory, so that they count there. */
    default boolean hasHostTensors() {
        return false;
    }

    /** Frees everything; called once. */
    @Override
    void close();
}
