package io.arkvale.core.tensor;

import io.arkvale.api.CapacityException;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Zeroed memory outside the heap, usable from every thread until it is closed: of tensors on the host, and of pools. */
public final class HostMemory implements TensorMemory {
    /** A cache line, and the widest vector. */
    private static final long ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    /**
     * Allocates.
     *
     * @param bytes at least 0
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    public HostMemory(long bytes) {
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

    /** The memory, exactly as long as was asked for. */
    public MemorySegment segment() {
        return segment;
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
        arena.close();
    }
}
