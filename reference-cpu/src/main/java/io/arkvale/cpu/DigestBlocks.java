package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.spi.FilledPage;
import java.lang.foreign.MemorySegment;

/**
 * Memory of digests of one form, in blocks of {@link #PAGES} pages, {@code [kvHeadsPerGroup]} runs each, so that scoring a
 * head reads one run.
 *
 * <p>The core's block numbers are the cache's, whatever the form; a block gets memory here when it is first filled and keeps
 * it for the next block of that number.
 */
abstract sealed class DigestBlocks implements AutoCloseable permits WholeDigests, CodedDigests {
    /** Pages per block: long enough for a kernel call to pay, short enough not to waste memory. */
    static final int PAGES = 64;

    final CacheSpec spec;
    private final Slabs slabs;
    private final BlockNumbers numbers = new BlockNumbers();

    DigestBlocks(CacheSpec spec, long blockBytes) {
        this.spec = spec;
        slabs = new Slabs(blockBytes);
    }

    /**
     * Makes sure that so many more blocks get memory.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much
     */
    final void reserve(int blocks) {
        slabs.reserve(Math.addExact(numbers.used(), blocks));
    }

    /** The memory of a block; gives it its place if it has none, which one thread must do. */
    final MemorySegment memory(int block) {
        return slabs.slab(numbers.place(block));
    }

    /** Where in {@link #memory} the block begins. */
    final long offset(int block) {
        return slabs.offset(numbers.place(block));
    }

    /**
     * Summarises a head of a page.
     *
     * @param rows its keys, {@code [pageSize][headDim]} in the cache's element type
     */
    abstract void summarise(Workers.Worker worker, FilledPage page, int head, MemorySegment rows);

    /** The digest of a page and head, widened, as views show it. */
    abstract float[] read(Workers.Worker worker, int block, int index, int head);

    /** Takes the queries of a KV head, {@code [queryHeads][headDim]} from index {@code at}, for the calls of {@link #score}. */
    abstract void queries(Workers.Worker worker, float[] queries, int at);

    /** Scores the first pages of a block. The score of query head {@code g} and page {@code i} goes to {@code at + g · row + i}. */
    abstract void score(Workers.Worker worker, int block, int head, int pages, float[] scores, int at, int row);

    final void copy(int from, int to) {
        MemorySegment.copy(memory(from), offset(from), memory(to), offset(to), slabs.blockBytes());
    }

    final long bytes() {
        return slabs.bytes();
    }

    @Override
    public final void close() {
        slabs.close();
    }
}
