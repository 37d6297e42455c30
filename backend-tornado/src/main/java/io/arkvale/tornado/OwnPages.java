package io.arkvale.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Host memory of which no part shares a page with anything else. NVIDIA's driver pins whole pages, and refuses to pin or to
 * copy what lies in part on a page that is pinned for something else; TornadoVM pins all that it sends, small as it may be,
 * and with PTX prints such a refusal and goes on without the copy.
 */
final class OwnPages implements AutoCloseable {
    /** A multiple of a page of any size in use. */
    static final long PAGE = 1 << 16;

    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> taken = new ArrayList<>();

    /**
     * Memory filled with zeros, good until this is closed.
     *
     * @param bytes at least 1
     */
    MemorySegment take(long bytes) {
        var segment = arena.allocate(Math.ceilDiv(bytes, PAGE) * PAGE, PAGE).asSlice(0, bytes);
        taken.add(segment);
        return segment;
    }

    /** Frees the memory, pinned no more, by the thread that had TornadoVM let go of it. */
    @Override
    public void close() {
        PinnedMemory.giveUp(taken);
        arena.close();
    }
}
