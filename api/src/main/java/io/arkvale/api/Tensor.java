package io.arkvale.api;

import java.lang.foreign.MemorySegment;

/**
 * Memory of shape {@code [rows, heads, width]}, row-major, without gaps within a row. Rows are ragged: the rows of a batch's
 * sequences follow each other in batch order, one per token (decode: one per sequence).
 *
 * <p>Made by {@link KvCache#allocate}, owned by the caller, freed by {@link #close()} or with its cache; or laid over memory
 * of the caller's by {@link KvCache#wrap}, which closing leaves as it is. The tensor
 * returned by {@link Step#estimate} belongs to its step. Copies take part in the cache's logical queue: they see the
 * effect of every earlier call. Elements travel in native byte order.
 */
public interface Tensor extends AutoCloseable {
    /** Type of the elements. */
    ElementType elementType();

    /** Rows allocated; a call that needs fewer uses the first ones and leaves the others alone. */
    int rows();

    /** Heads per row. */
    int heads();

    /** Elements per head. */
    int width();

    /** Bytes of one row, without what may lie between rows. */
    default long rowBytes() {
        return (long) heads() * width() * elementType().bytes();
    }

    /** Bytes from one row to the next: {@link #rowBytes()}, or more if it was wrapped so. */
    default long rowStride() {
        return rowBytes();
    }

    /**
     * Where it lies, from the first byte of its first row to the last of its last. With {@link Capabilities.Feature#HOST_TENSORS}
     * this is host memory, which may be read and written between calls. With {@link Capabilities.Feature#DEVICE_TENSORS} its
     * address is the device's, for launches of the caller's on {@link KvCache#queue()}; the host must not access it.
     *
     * @throws UnsupportedFeatureException if the backend declares neither
     * @throws ClosedException if the tensor, its cache or its memory is closed
     */
    default MemorySegment memory() {
        throw new UnsupportedFeatureException(Capabilities.Feature.HOST_TENSORS);
    }

    /**
     * Copies {@code rows} rows from the start of {@code source} (heap or native, unaligned allowed) to the rows from
     * {@code firstRow}. Returns when the source may be reused.
     *
     * @throws InvalidArgumentException if the rows are not within the tensor or the source is shorter than they are
     * @throws ClosedException if the tensor or its cache is closed
     */
    void copyFrom(int firstRow, int rows, MemorySegment source);

    /**
     * Copies {@code rows} rows from {@code firstRow} to the start of {@code target}, after every earlier call has taken
     * effect.
     *
     * @throws InvalidArgumentException if the rows are not within the tensor or the target is shorter than they are
     * @throws ClosedException if the tensor or its cache is closed
     * @throws BackendLostException if the device failed for good
     */
    void copyTo(int firstRow, int rows, MemorySegment target);

    /** Copies the whole tensor from the start of {@code source}; see {@link #copyFrom(int, int, MemorySegment)}. */
    default void copyFrom(MemorySegment source) {
        copyFrom(0, rows(), source);
    }

    /** Copies the whole tensor to the start of {@code target}; see {@link #copyTo(int, int, MemorySegment)}. */
    default void copyTo(MemorySegment target) {
        copyTo(0, rows(), target);
    }

    /** Frees the memory, unless it is the caller's; closing twice is harmless. */
    @Override
    void close();
}
