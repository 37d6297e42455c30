package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.kernels.PageRows;
import io.arkvale.kernels.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Digests of one sequence in one layer, in blocks of {@link #PAGES} pages that forks share. Within a block the vectors
 * lie {@code [kvHeads]} and then in panels of {@code [vectors * headDim][PAGES]}, so that scoring a head reads one run and
 * a vector holds one number of many pages; radii follow as float32 {@code [kvHeads][PAGES]}.
 */
final class DigestColumn {
    /** Pages a block: long enough for a kernel call to pay, short enough not to waste memory. */
    static final int PAGES = 64;

    private final SlabPool pool;
    private final PageRows rows;
    private final long vectorsBytes;
    private final long radiiOffset;
    private int[] blocks;
    private int pages;

    DigestColumn(SlabPool pool, CacheSpec spec, Digest digest) {
        this.pool = pool;
        vectorsBytes = vectorsBytes(spec, digest);
        var format = StorageFormat.valueOf(spec.elementType().name());
        rows = new PageRows(format, digest.shape().vectors() * spec.headDim(), PAGES);
        radiiOffset = vectorsBytes * PAGES * spec.kvHeads();
        blocks = new int[0];
    }

    private DigestColumn(DigestColumn other) {
        pool = other.pool;
        rows = other.rows;
        vectorsBytes = other.vectorsBytes;
        radiiOffset = other.radiiOffset;
        blocks = other.blocks.clone();
        pages = other.pages;
    }

    /** Bytes of a block for the digests of a shape. */
    static long blockBytes(CacheSpec spec, Digest digest) {
        long radii = (long) digest.shape().radii() * Float.BYTES;
        return Math.multiplyExact((long) PAGES * spec.kvHeads(), vectorsBytes(spec, digest) + radii);
    }

    private static long vectorsBytes(CacheSpec spec, Digest digest) {
        return (long) digest.shape().vectors()
                * spec.headDim()
                * spec.elementType().bytes();
    }

    /** Pages that have a digest. */
    int pages() {
        return pages;
    }

    /** Makes room up to {@code count} pages, copying a last block that a fork shares; they are then to be filled in. */
    void resize(int count) {
        if (count < pages) {
            int kept = Math.ceilDiv(count, PAGES);
            for (int i = kept; i < blocks.length; i++) {
                pool.blocks.release(blocks[i]);
            }
            blocks = Arrays.copyOf(blocks, kept);
        } else if (count > pages) {
            if (pages % PAGES != 0 && pool.blocks.isShared(blocks[pages / PAGES])) {
                unshare(pages / PAGES);
            }
            int old = blocks.length;
            blocks = Arrays.copyOf(blocks, Math.ceilDiv(count, PAGES));
            for (int i = old; i < blocks.length; i++) {
                blocks[i] = pool.take();
            }
        }
        pages = count;
    }

    /** The memory of a page's block. */
    MemorySegment memory(int page) {
        return pool.slab(blocks[page / PAGES]);
    }

    /** Where in {@link #memory} the vectors of a KV head begin, those of the block that {@code page} lies in. */
    long vectors(int kvHead, int page) {
        return pool.offset(blocks[page / PAGES]) + (long) kvHead * PAGES * vectorsBytes;
    }

    /** Stores the vectors of a page and KV head, {@code [vectors][headDim]} from the start of {@code source}. */
    void put(int kvHead, int page, MemorySegment source) {
        rows.putKeys(source, 0, vectorsBytes, 1, memory(page), vectors(kvHead, page), page % PAGES);
    }

    /** Reads what {@link #put} stored. */
    void get(int kvHead, int page, MemorySegment target) {
        rows.getKeys(memory(page), vectors(kvHead, page), page % PAGES, 1, target, 0, vectorsBytes);
    }

    /** Where in {@link #memory} the radius of a page and KV head lies. */
    long radius(int kvHead, int page) {
        return pool.offset(blocks[page / PAGES]) + radiiOffset + ((long) kvHead * PAGES + page % PAGES) * Float.BYTES;
    }

    DigestColumn fork() {
        for (int block : blocks) {
            pool.blocks.retain(block);
        }
        return new DigestColumn(this);
    }

    void release() {
        for (int block : blocks) {
            pool.blocks.release(block);
        }
        blocks = new int[0];
        pages = 0;
    }

    private void unshare(int index) {
        int shared = blocks[index];
        int copy = pool.take();
        var source = pool.slab(shared);
        MemorySegment.copy(source, pool.offset(shared), pool.slab(copy), pool.offset(copy), pool.blockBytes());
        pool.blocks.release(shared);
        blocks[index] = copy;
    }
}
