package io.arkvale.cpu;

import io.arkvale.core.tensor.HostMemory;
import java.lang.foreign.MemorySegment;

/** How a slot holds the keys and values of its KV heads. Any number of threads may use one. Offsets are in bytes. */
interface PageFormat {
    /** Bytes of a slot. */
    long slotBytes();

    /**
     * Stores the keys and values of {@code count} tokens of one head.
     *
     * @param row the first token's row of {@code keys} and {@code values}
     * @param inRow where in a row the head's key and value begin
     * @param head head of the slot's group
     * @param token place of the first token in the page
     */
    void put(
            HostMemory keys,
            HostMemory values,
            long row,
            long inRow,
            int count,
            MemorySegment memory,
            long slot,
            int head,
            int token);

    /** Shows the first {@code tokens} tokens of a head in the panels that kernels read: where they lie, or widened. */
    void show(MemorySegment memory, long slot, int head, int tokens, HeadPage page);
}
