package io.arkvale.spi;

import java.lang.foreign.MemorySegment;

/** A slot, and where in host memory its bytes go or come from: {@link Storage#slotBytes} of them. Valid while the call lasts. */
public final class SlotCopy {
    private int slot;
    private MemorySegment memory = MemorySegment.NULL;
    private long at;

    /** Filled by {@link #set}. */
    public SlotCopy() {}

    /**
     * Fills it.
     *
     * @param slot the slot
     * @param memory host memory
     * @param at where in it the bytes begin
     */
    public void set(int slot, MemorySegment memory, long at) {
        this.slot = slot;
        this.memory = memory;
        this.at = at;
    }

    /** The slot. */
    public int slot() {
        return slot;
    }

    /** Host memory, of which the bytes are a part. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where in {@link #memory} the bytes begin. */
    public long at() {
        return at;
    }

    /** The memory from the first byte on; made anew at every call. */
    public MemorySegment bytes() {
        return memory.asSlice(at);
    }
}
