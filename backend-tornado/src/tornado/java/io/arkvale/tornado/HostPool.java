package io.arkvale.tornado;

import io.arkvale.api.support.SlotPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Host memory of the backups, in slabs that are allocated as they are needed. */
final class HostPool implements AutoCloseable {
    private static final long SLAB_BYTES = 1 << 20;

    final SlotPool slots;
    private final Arena arena = Arena.ofShared();
    private final long slotBytes;
    private final int slabSlots;
    private final List<MemorySegment> slabs = new ArrayList<>();

    HostPool(long slotBytes, int capacity) {
        this.slotBytes = slotBytes;
        slots = new SlotPool(capacity);
        slabSlots = (int) Math.max(1, SLAB_BYTES / slotBytes);
    }

    /** Takes a slot, whose memory is there from then on. */
    int take() {
        int slot = slots.take();
        if (slot / slabSlots == slabs.size()) {
            slabs.add(arena.allocate(Math.multiplyExact(slabSlots, slotBytes), Float.BYTES));
        }
        return slot;
    }

    MemorySegment memory(int slot) {
        return slabs.get(slot / slabSlots).asSlice(slot % slabSlots * slotBytes, slotBytes);
    }

    long bytes() {
        return (long) slabs.size() * slabSlots * slotBytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
