package io.arkvale.cpu;

import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.page.Panels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Equal blocks of memory outside the heap, in slabs that are allocated as more blocks are reserved. */
final class Slabs implements AutoCloseable {
    /** Aim for a slab's size: large enough to make allocation rare, small enough for the caches of tests. */
    private static final long SLAB_BYTES = 1 << 18;

    private final long blockBytes;
    private final int blocksPerSlab;
    private final List<HostMemory> slabs = new ArrayList<>();

    Slabs(long blockBytes) {
        this.blockBytes = blockBytes;
        blocksPerSlab = (int) Math.max(1, SLAB_BYTES / blockBytes);
    }

    /** Bytes of a block. */
    long blockBytes() {
        return blockBytes;
    }

    /** Bytes of all slabs. */
    long bytes() {
        return slabs.stream().mapToLong(HostMemory::bytes).sum();
    }

    /**
     * Makes sure that blocks 0 to {@code count − 1} have memory.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much; blocks that had memory keep it
     */
    void reserve(int count) {
        while ((long) slabs.size() * blocksPerSlab < count) {
            // Kernels read whole vectors beyond the last block.
            slabs.add(new HostMemory(Math.addExact(Math.multiplyExact(blocksPerSlab, blockBytes), Panels.READ_BEYOND)));
        }
    }

    /** The slab a block lies in. */
    MemorySegment slab(int block) {
        return slabs.get(block / blocksPerSlab).segment();
    }

    /** Byte offset of a block in its slab. */
    long offset(int block) {
        return block % blocksPerSlab * blockBytes;
    }

    @Override
    public void close() {
        slabs.forEach(HostMemory::close);
    }
}
