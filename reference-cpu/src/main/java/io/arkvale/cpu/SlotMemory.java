package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.page.Panels;
import io.arkvale.spi.RowRun;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The slots of a cache, one run of memory, and how rows get into them. */
final class SlotMemory implements AutoCloseable {
    /** Runs up to this many are not worth waking other threads for. */
    private static final int FEW_RUNS = 16;

    private final CacheSpec spec;
    private final PageFormat format;
    private final Workers workers;
    private final HostMemory memory;

    /** @throws io.arkvale.api.CapacityException if there is not so much memory */
    SlotMemory(CacheSpec spec, PageFormat format, Workers workers) {
        this.spec = spec;
        this.format = format;
        this.workers = workers;
        memory = new HostMemory(
                Math.addExact(Math.multiplyExact(spec.deviceSlots(), format.slotBytes()), Panels.READ_BEYOND));
    }

    /** The memory that all slots lie in. */
    MemorySegment segment() {
        return memory.segment();
    }

    /** Where a slot begins. */
    long offset(int slot) {
        return slot * format.slotBytes();
    }

    long bytes() {
        return memory.bytes();
    }

    void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        if (runs.size() <= FEW_RUNS) {
            for (int i = 0; i < runs.size(); i++) {
                write(runs.get(i), keys, values);
            }
        } else {
            workers.pool.forEach(runs.size(), (item, worker) -> write(runs.get(item), keys, values));
        }
    }

    private void write(RowRun run, HostMemory keys, HostMemory values) {
        long headBytes = (long) spec.headDim() * spec.elementType().bytes();
        long group = (long) run.group() * spec.kvHeadsPerGroup() * headBytes;
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            long at = group + head * headBytes;
            format.put(keys, values, run.row(), at, run.rows(), segment(), offset(run.slot()), head, run.token());
        }
    }

    void copy(int from, int to) {
        MemorySegment.copy(segment(), offset(from), segment(), offset(to), format.slotBytes());
    }

    void download(int[] slots, List<MemorySegment> targets) {
        for (int i = 0; i < slots.length; i++) {
            MemorySegment.copy(segment(), offset(slots[i]), targets.get(i), 0, format.slotBytes());
        }
    }

    void upload(List<MemorySegment> sources, int[] slots) {
        for (int i = 0; i < slots.length; i++) {
            MemorySegment.copy(sources.get(i), 0, segment(), offset(slots[i]), format.slotBytes());
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
