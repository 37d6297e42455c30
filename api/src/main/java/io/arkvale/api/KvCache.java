package io.arkvale.api;

import java.lang.foreign.MemorySegment;

/**
 * A paged key-value cache of one model shape, with the pools of its {@link CacheSpec}.
 *
 * <p>A cache is one logical queue: calls take effect in call order and come from one thread at a time. Different caches
 * may be used concurrently. A device may still be working when a call returns; what is read afterwards is complete.
 */
public interface KvCache extends AutoCloseable {
    /** The specification it was opened with. */
    CacheSpec spec();

    /**
     * Bytes of one device slot, and of one host or disk slot: the device's own figure. It differs from
     * {@link CacheSpec#slotBytes()}, the bytes of a group page in the cache's element type, if the backend stores rows in
     * fewer bits or pads them.
     */
    default long slotBytes() {
        return spec().slotBytes();
    }

    /**
     * Begins an empty sequence. Takes no slots: those are reserved step by step.
     *
     * @throws InvalidArgumentException if {@code spec.denseLayers()} exceeds the cache's layers, a budget is for a layer or head
     *     group that the cache lacks or for a layer with a window, or the settings were made for another page size
     * @throws UnsupportedSpecException if the settings are outside the capabilities
     * @throws ClosedException if the cache is closed
     */
    Sequence begin(SequenceSpec spec);

    /**
     * A copy of a sequence: its settings, length and page tables are the same, and the same calls give both the same
     * results. Filled pages, backups and digests are immutable and shared; a last page that is not full is copied no
     * later than the next step that appends to it, and that step reserves the copy. Takes no slots itself.
     *
     * @throws UnsupportedFeatureException if the backend does not declare forks
     * @throws ForeignObjectException if the sequence is another cache's
     * @throws ClosedException if the sequence or the cache is closed
     * @throws PoisonedSequenceException if the sequence is poisoned
     * @throws CallOrderException if the sequence is in the batch of an open step
     */
    Sequence fork(Sequence sequence);

    /**
     * A sequence that holds the first {@code length} tokens of the given one and has settings of its own. Full pages are
     * shared, with their backups, and with their digests where both have the same kind. A last page that is not full is
     * copied at once. Its prompt counts as open ({@link Sequence#isPromptOpen}): it may hold more pages than its budget until
     * it decodes or its prompt ends.
     *
     * <p>What the settings ask for and the given sequence lacks is made at once: backups and digests of full pages in
     * layers that have a budget now, pages brought back in layers that have none.
     *
     * @param length up to the sequence's length, from 0 or what the windows of its layers allow, as for {@link #truncate}
     * @throws UnsupportedFeatureException if the backend does not declare forks with settings
     * @throws InvalidArgumentException if {@code length} is out of range
     * @throws CapacityException if a pool has no room for what is to be made; nothing has changed then
     * @throws BackupException if a backup cannot be read; nothing has changed then
     * @throws CallOrderException if the sequence is in the batch of an open step
     * @throws PoisonedSequenceException if the sequence is poisoned
     */
    default Sequence fork(Sequence sequence, int length, SequenceSpec settings) {
        throw new UnsupportedFeatureException(Capabilities.Feature.FORK_SETTINGS);
    }

    /**
     * Takes the tokens from {@code length} on away, as if they had never been. Pages beyond go, with what they hold. A
     * last page that is not full any more loses digest and backup. Pages that must be resident at the new length come
     * back: all of them within the budget, else sink and window. Forks keep what they share.
     *
     * <p>A layer with a window frees the pages that leave the window. It keeps one page more than its window, so that
     * {@code pageSize} tokens can always be taken back. If {@code length} is too small, the error's message gives the
     * least length.
     *
     * @param length up to the sequence's length, from 0 or, if a layer has given up pages, from the least length at
     *     which its window is there
     * @throws UnsupportedFeatureException if the backend does not declare truncation
     * @throws InvalidArgumentException if {@code length} is out of range
     * @throws CapacityException if there is no room for the pages that come back; nothing has changed then
     * @throws BackupException if a backup cannot be read; nothing has changed then
     * @throws CallOrderException if the sequence is in the batch of an open step
     * @throws PoisonedSequenceException if the sequence is poisoned
     */
    default void truncate(Sequence sequence, int length) {
        throw new UnsupportedFeatureException(Capabilities.Feature.TRUNCATION);
    }

    /**
     * Opens a step in which each sequence of the batch grows by its tokens. Validates everything, advances the lengths
     * and reserves every slot and backup that any call of the step may need; no later call fails for capacity.
     *
     * @throws CapacityException if a pool is too small; names the pool, needed and free
     * @throws ForeignObjectException if a sequence is another cache's
     * @throws ClosedException if a sequence or the cache is closed
     * @throws PoisonedSequenceException if a sequence is poisoned
     * @throws CallOrderException if a step is open
     * @throws InvalidArgumentException if a length would exceed an {@code int}
     */
    Step step(Batch batch);

    /**
     * Allocates a tensor of zeros, owned by the caller.
     *
     * @param elementType the cache's type for queries, keys, values and outputs; F32 for scores
     * @param rows rows, at least 1
     * @param heads heads per row, at least 1
     * @param width elements per head, at least 1
     * @throws InvalidArgumentException if a size is below 1 or the type is neither F32 nor the cache's
     * @throws CapacityException if the memory cannot be had
     * @throws ClosedException if the cache is closed
     */
    Tensor allocate(ElementType elementType, int rows, int heads, int width);

    /**
     * Lays a tensor over memory that the caller owns, so that nothing is copied. The memory must live until the tensor
     * is closed. Closing the tensor or the cache leaves it as it is.
     *
     * <p>With {@link Capabilities.Feature#HOST_TENSORS} it is memory outside the heap that every thread may access.
     * Calls are done with it when they return. With {@link Capabilities.Feature#DEVICE_TENSORS} it is a segment of that
     * address and size on the device ({@link MemorySegment#ofAddress}, {@link MemorySegment#reinterpret(long)}), which
     * the host never accesses. Calls are done with it in the order of {@link #queue()}.
     *
     * @param memory from the first byte of the first row on; at least {@code (rows − 1) · rowStride} and one row long.
     *     Its address is a multiple of {@link Capabilities#tensorAlignment} and of an element
     * @param elementType the cache's type for queries, keys, values and outputs; F32 for scores
     * @param rows rows, at least 1
     * @param heads heads per row, at least 1
     * @param width elements per head, at least 1
     * @param rowStride bytes from one row to the next: at least those of a row, and a multiple of the same numbers as
     *     the address
     * @throws UnsupportedFeatureException if the backend declares neither feature
     * @throws InvalidArgumentException if a size is below 1, the type is neither F32 nor the cache's, or the memory is
     *     too short, not aligned, on the heap, read-only or one thread's alone
     * @throws ClosedException if the cache or the memory is closed
     */
    default Tensor wrap(MemorySegment memory, ElementType elementType, int rows, int heads, int width, long rowStride) {
        throw new UnsupportedFeatureException(Capabilities.Feature.HOST_TENSORS);
    }

    /**
     * The device's queue that the cache's calls go to.
     *
     * @throws UnsupportedFeatureException if the backend does not declare {@link Capabilities.Feature#DEVICE_TENSORS}
     * @throws ClosedException if the cache is closed
     */
    default DeviceQueue queue() {
        throw new UnsupportedFeatureException(Capabilities.Feature.DEVICE_TENSORS);
    }

    /** Allocates a tensor for queries or outputs of {@code rows} tokens. */
    default Tensor allocateQueries(int rows) {
        return allocate(spec().elementType(), rows, spec().queryHeads(), spec().headDim());
    }

    /** Allocates a tensor for keys or values of {@code rows} tokens. */
    default Tensor allocateKeys(int rows) {
        return allocate(spec().elementType(), rows, spec().kvHeads(), spec().headDim());
    }

    /** A read-only view of page tables, digests and backups, for tests and research. */
    CacheView view();

    /** Memory in use and free. */
    MemoryUse memory();

    /**
     * What it has done since it was opened. Cheap: counted on the host as steps are committed.
     *
     * @throws ClosedException if the cache is closed
     */
    CacheStats stats();

    /** Returns when every earlier call has taken full effect, copies to the backup tiers included. */
    void synchronize();

    /** Closes the open step without commit, every sequence and every tensor, and frees all memory and files. */
    @Override
    void close();
}
