package io.arkvale.api.support;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Zeroed off-heap memory, usable from every thread until it is closed. */
final class OffHeap implements AutoCloseable {
    /** A cache line, and the widest vector. */
    private static final long ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    final MemorySegment segment;

    /** @throws OutOfMemoryError if there is not so much memory; nothing is left allocated */
    OffHeap(long bytes) {
        try {
            segment = arena.allocate(bytes, ALIGNMENT);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
