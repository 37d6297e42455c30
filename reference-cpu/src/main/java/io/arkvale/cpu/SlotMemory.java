package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.SlotCopy;
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
    private final WorkerPool.Task write = (item, worker) -> write(item);

    /** What {@link #write} is at. */
    private List<RowRun> runs = List.of();

    private HostMemory keys;
    private HostMemory values;

    /** @throws io.arkvale.api.CapacityException if there is not so much memory */
    SlotMemory(CacheSpec spec, PageFormat format, Workers workers) {
        this.spec = spec;
        this.format = format;
        this.workers = workers;
        memory = new HostMemory(
                Math.addExact(Math.multiplyExact(spec.deviceSlots(), format.slotBytes()), Panels.READ_BEYOND));
        keys = memory;
        values = memory;
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
        this.runs = runs;
        this.keys = keys;
        this.values = values;
        if (runs.size() <= FEW_RUNS) {
            for (int i = 0; i < runs.size(); i++) {
                write(i);
            }
        } else {
            workers.pool.forEach(runs.size(), write);
        }
    }

    private void write(int index) {
        var run = runs.get(index);
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

    void download(List<SlotCopy> copies) {
        for (int i = 0; i < copies.size(); i++) {
            var copy = copies.get(i);
            MemorySegment.copy(segment(), offset(copy.slot()), copy.memory(), copy.at(), format.slotBytes());
        }
    }

    void upload(List<SlotCopy> copies) {
        for (int i = 0; i < copies.size(); i++) {
            var copy = copies.get(i);
            MemorySegment.copy(copy.memory(), copy.at(), segment(), offset(copy.slot()), format.slotBytes());
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
