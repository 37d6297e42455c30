package io.arkvale.core.backup;

import io.arkvale.core.table.SlotPool;
import io.arkvale.core.tensor.HostMemory;
import java.lang.foreign.MemorySegment;

/** Host memory of backups, taken whole when the cache opens. */
final class HostPool implements AutoCloseable {
    /** Which slots are in use. */
    final SlotPool slots;

    private final HostMemory memory;
    private final long slotBytes;

    /**
     * Takes the memory.
     *
     * @param readBeyond bytes behind the last slot
     * @throws io.arkvale.api.CapacityException if there is not so much
     */
    HostPool(long slotBytes, int readBeyond, long capacity) {
        this.slotBytes = slotBytes;
        slots = new SlotPool(Math.toIntExact(capacity));
        memory = new HostMemory(Math.addExact(Math.multiplyExact(slotBytes, capacity), readBeyond));
    }

    /** The memory of all slots, and behind them what may be read. */
    MemorySegment memory() {
        return memory.segment();
    }

    /** Where a slot begins. */
    long at(int slot) {
        return slot * slotBytes;
    }

    long bytes() {
        return memory.bytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}
