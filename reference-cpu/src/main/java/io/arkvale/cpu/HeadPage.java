package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.kernels.page.Panels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One head's keys and values of one page in {@linkplain io.arkvale.kernels.page.Panels panels}, as a {@link PageFormat} shows them;
 * belongs to one thread.
 */
final class HeadPage {
    /** Where the panels lie. */
    MemorySegment memory = MemorySegment.NULL;

    /** Offset of the keys. */
    long keys;

    /** Offset of the values. */
    long values;

    /** Room for one row of numbers, and for the same as elements. */
    final float[] numbers;

    final MemorySegment row;

    private final long headBytes;
    private final MemorySegment scratch;

    HeadPage(CacheSpec spec) {
        headBytes = (long) spec.pageSize() * spec.headDim() * spec.elementType().bytes();
        numbers = new float[spec.headDim()];
        row = Arena.ofAuto().allocate((long) spec.headDim() * spec.elementType().bytes(), Long.BYTES);
        scratch = Arena.ofAuto().allocate(2 * headBytes + Panels.READ_BEYOND, Long.BYTES);
    }

    /** Shows memory of its own, for a format that has to widen what it holds. */
    void showScratch() {
        memory = scratch;
        keys = 0;
        values = headBytes;
    }
}
