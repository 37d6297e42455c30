package io.arkvale.cpu;

import io.arkvale.api.support.SlotPool;
import io.arkvale.kernels.AttentionKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Equal blocks of off-heap memory, counted by references and taken from slabs that are allocated as they are needed, so
 * that a large pool costs nothing until it is used. A block goes back to the pool with its last reference.
 */
final class SlabPool implements AutoCloseable {
    /** Aim for a slab's size: large enough to make allocation rare, small enough for the caches of tests. */
    private static final long SLAB_BYTES = 1 << 20;

    /** A cache line, and the widest vector. */
    private static final long ALIGNMENT = 64;

    /** Behind the last block, for kernels that read whole vectors. */
    private static final long BEYOND = AttentionKernel.READ_BEYOND;

    /** Which blocks are in use, and how often. */
    final SlotPool blocks;

    private final Arena arena = Arena.ofShared();
    private final long blockBytes;
    private final int blocksPerSlab;
    private final List<MemorySegment> slabs = new ArrayList<>();

    /**
     * @param blockBytes bytes of a block
     * @param capacity most blocks in use at once
     */
    SlabPool(long blockBytes, long capacity) {
        this.blockBytes = blockBytes;
        // Block numbers are ints; a pool of that many would not fit in any memory before.
        int blocks = (int) Math.min(capacity, Integer.MAX_VALUE - 8);
        this.blocks = new SlotPool(blocks);
        this.blocksPerSlab = Math.clamp(SLAB_BYTES / blockBytes, 1, Math.max(1, blocks));
    }

    /** Bytes of a block. */
    long blockBytes() {
        return blockBytes;
    }

    /** Bytes of all slabs. */
    long bytes() {
        return slabs.size() * (blocksPerSlab * blockBytes + BEYOND);
    }

    /** Takes a block with one reference; what it holds is left from before. */
    int take() {
        int block = blocks.take();
        if (block / blocksPerSlab == slabs.size()) {
            try {
                slabs.add(arena.allocate(
                        Math.addExact(Math.multiplyExact(blocksPerSlab, blockBytes), BEYOND), ALIGNMENT));
            } catch (OutOfMemoryError e) {
                blocks.release(block);
                throw e;
            }
        }
        return block;
    }

    /** The slab a block lies in. */
    MemorySegment slab(int block) {
        return slabs.get(block / blocksPerSlab);
    }

    /** Byte offset of a block in its slab. */
    long offset(int block) {
        return block % blocksPerSlab * blockBytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
