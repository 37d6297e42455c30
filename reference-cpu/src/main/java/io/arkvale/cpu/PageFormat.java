package io.arkvale.cpu;

import java.lang.foreign.MemorySegment;

/** How a slot holds the keys and values of its KV heads. Any number of threads may use one. Offsets are in bytes. */
interface PageFormat {
    /** Bytes of a slot. */
    long slotBytes();

    /**
     * Stores the keys and values of {@code count} tokens of one head.
     *
     * @param at where the first token's key and value begin in {@code keys} and {@code values}
     * @param stride from one token to the next
     * @param head head of the slot's group
     * @param token place of the first token in the page
     */
    void put(
            MemorySegment keys,
            MemorySegment values,
            long at,
            long stride,
            int count,
            MemorySegment memory,
            long slot,
            int head,
            int token);

    /** Shows the first {@code tokens} tokens of a head in the panels that kernels read: where they lie, or widened. */
    void show(MemorySegment memory, long slot, int head, int tokens, HeadPage page);
}
