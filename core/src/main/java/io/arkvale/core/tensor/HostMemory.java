package io.arkvale.core.tensor;

import io.arkvale.api.CapacityException;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the heap, usable from every thread until it is closed: of tensors on the host, and of pools. Its own is
 * zeroed, and freed when it is closed; the caller's is neither.
 */
public final class HostMemory implements TensorMemory {
    /** A cache line, and the widest vector. */
    private static final long ALIGNMENT = 64;

    private final @Nullable Arena arena;
    private final MemorySegment segment;
    private final long rowStride;

    /**
     * Allocates what is not divided in rows.
     *
     * @param bytes at least 0
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    public HostMemory(long bytes) {
        this(bytes, bytes);
    }

    private HostMemory(MemorySegment segment, long rowStride) {
        arena = null;
        this.segment = segment;
        this.rowStride = rowStride;
    }

    /** Lies over memory of the caller's. */
    public static HostMemory over(MemorySegment segment, long rowStride) {
        return new HostMemory(segment, rowStride);
    }

    /**
     * Allocates rows without gaps.
     *
     * @param bytes at least 0
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    @SuppressWarnings("MustBeClosedChecker") // closed with the memory
    public HostMemory(long bytes, long rowBytes) {
        rowStride = rowBytes;
        arena = Arena.ofShared();
        long free = FreeMemory.forRequest(bytes);
        if (bytes > free) {
            arena.close();
            throw shortage(bytes, free);
        }
        try {
            segment = arena.allocate(bytes, ALIGNMENT);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw shortage(bytes, FreeMemory.outsideTheHeap());
        }
    }

    private static CapacityException shortage(long needed, long free) {
        return new CapacityException("bytes of memory outside the heap", needed, Math.min(free, needed - 1));
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public long rowStride() {
        return rowStride;
    }

    /** Where a row begins, in bytes. */
    public long at(long row) {
        return row * rowStride;
    }

    @Override
    public void write(long at, MemorySegment source, long bytes) {
        MemorySegment.copy(source, 0, segment, at, bytes);
    }

    @Override
    public void read(long at, MemorySegment target, long bytes) {
        MemorySegment.copy(segment, at, target, 0, bytes);
    }

    @Override
    public long bytes() {
        return segment.byteSize();
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
        }
    }
}
