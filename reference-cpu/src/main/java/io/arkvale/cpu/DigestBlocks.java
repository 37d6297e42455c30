package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory of digests of one shape, in blocks of {@link #PAGES} pages. Within a block the vectors lie {@code [kvHeadsPerGroup]} and
 * then in panels of {@code [vectors * headDim][PAGES]}, so that scoring a head reads one run and a vector holds one number of many
 * pages; radii follow as float32 {@code [kvHeadsPerGroup][PAGES]}.
 *
 * <p>The core's block numbers are the cache's, whatever the shape; a block gets memory here when it is first filled and keeps
 * it for the next block of that number.
 */
final class DigestBlocks implements AutoCloseable {
    /** Pages per block: long enough for a kernel call to pay, short enough not to waste memory. */
    static final int PAGES = 64;

    private final Slabs slabs;
    private final PageRows rows;
    private final long vectorsBytes;
    private final long radiiOffset;
    private final BlockNumbers numbers = new BlockNumbers();

    DigestBlocks(CacheSpec spec, Digest.Shape shape) {
        int elements = shape.vectors() * spec.headDim();
        vectorsBytes = (long) elements * spec.elementType().bytes();
        rows = new PageRows(StorageFormat.valueOf(spec.elementType().name()), elements, PAGES);
        radiiOffset = vectorsBytes * PAGES * spec.kvHeadsPerGroup();
        long radiiBytes = (long) shape.radii() * Float.BYTES * PAGES * spec.kvHeadsPerGroup();
        slabs = new Slabs(Math.addExact(radiiOffset, radiiBytes));
    }

    /**
     * Makes sure that so many more blocks get memory.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much
     */
    void reserve(int blocks) {
        slabs.reserve(Math.addExact(numbers.used(), blocks));
    }

    private int place(int block) {
        return numbers.place(block);
    }

    /** The memory of a block. */
    MemorySegment memory(int block) {
        return slabs.slab(place(block));
    }

    /** Where in {@link #memory} the vectors of a head begin, those of all pages of the block. */
    long vectors(int block, int head) {
        return slabs.offset(place(block)) + (long) head * PAGES * vectorsBytes;
    }

    /** Where in {@link #memory} the radius of a page and head lies. */
    long radius(int block, int index, int head) {
        return slabs.offset(place(block)) + radiiOffset + ((long) head * PAGES + index) * Float.BYTES;
    }

    /** Stores the vectors of a page and head, {@code [vectors][headDim]} from the start of {@code source}. */
    void put(int block, int index, int head, MemorySegment source) {
        rows.putKeys(source, 0, vectorsBytes, 1, memory(block), vectors(block, head), index);
    }

    /** Stores the radius of a page and head. */
    void putRadius(int block, int index, int head, float radius) {
        memory(block).set(ValueLayout.JAVA_FLOAT_UNALIGNED, radius(block, index, head), radius);
    }

    /** Reads what {@link #put} stored. */
    void get(int block, int index, int head, MemorySegment target) {
        rows.getKeys(memory(block), vectors(block, head), index, 1, target, 0, vectorsBytes);
    }

    /** Reads what {@link #putRadius} stored. */
    float radiusOf(int block, int index, int head) {
        return memory(block).get(ValueLayout.JAVA_FLOAT_UNALIGNED, radius(block, index, head));
    }

    void copy(int from, int to) {
        int source = place(from);
        int target = place(to);
        MemorySegment.copy(
                slabs.slab(source), slabs.offset(source), slabs.slab(target), slabs.offset(target), slabs.blockBytes());
    }

    long bytes() {
        return slabs.bytes();
    }

    @Override
    public void close() {
        slabs.close();
    }
}
