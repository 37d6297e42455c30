package io.arkvale.cpu;

import io.arkvale.kernels.AttentionKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
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

    private final Arena arena = Arena.ofShared();
    private final long blockBytes;
    private final long capacity;
    private final int blocksPerSlab;
    private final List<MemorySegment> slabs = new ArrayList<>();
    private int[] references = new int[0];
    private int[] free = new int[0];
    private int freeCount;
    private int made;
    private int shared;

    /**
     * @param blockBytes bytes of a block
     * @param capacity most blocks in use at once
     */
    SlabPool(long blockBytes, long capacity) {
        this.blockBytes = blockBytes;
        // Block numbers are ints; a pool of that many would not fit in any memory before.
        this.capacity = Math.min(capacity, Integer.MAX_VALUE - 8);
        this.blocksPerSlab = (int) Math.clamp(SLAB_BYTES / blockBytes, 1, Math.max(1, this.capacity));
    }

    /** Bytes of a block. */
    long blockBytes() {
        return blockBytes;
    }

    /** Blocks that can be taken. */
    long available() {
        return capacity - used();
    }

    /** Blocks in use. */
    long used() {
        return (long) made - freeCount;
    }

    /** Bytes of all slabs. */
    long bytes() {
        return slabs.size() * (blocksPerSlab * blockBytes + BEYOND);
    }

    /** Takes a block with one reference; what it holds is left from before. */
    int take() {
        if (freeCount == 0 && made == references.length) {
            grow();
        }
        int block = freeCount > 0 ? free[--freeCount] : made++;
        references[block] = 1;
        return block;
    }

    /** Adds a reference. */
    void retain(int block) {
        if (references[block]++ == 1) {
            shared++;
        }
    }

    /** Drops a reference; true if it was the last and the block is free again. */
    boolean release(int block) {
        if (references[block] <= 0) {
            throw new IllegalStateException("block " + block + " was released more often than retained");
        }
        if (--references[block] > 0) {
            shared -= references[block] == 1 ? 1 : 0;
            return false;
        }
        free[freeCount++] = block;
        return true;
    }

    /** Whether any block has more than one reference. */
    boolean hasShared() {
        return shared > 0;
    }

    /** Whether more than one reference is held. */
    boolean isShared(int block) {
        return references[block] > 1;
    }

    /** The slab a block lies in. */
    MemorySegment slab(int block) {
        return slabs.get(block / blocksPerSlab);
    }

    /** Byte offset of a block in its slab. */
    long offset(int block) {
        return block % blocksPerSlab * blockBytes;
    }

    private void grow() {
        if (made >= capacity) {
            throw new IllegalStateException("a pool of " + capacity + " blocks is empty although they were reserved");
        }
        slabs.add(arena.allocate(Math.addExact(Math.multiplyExact(blocksPerSlab, blockBytes), BEYOND), ALIGNMENT));
        int blocks = (int) Math.min(capacity, (long) slabs.size() * blocksPerSlab);
        references = Arrays.copyOf(references, blocks);
        free = Arrays.copyOf(free, blocks);
    }

    @Override
    public void close() {
        arena.close();
    }
}
