package io.arkvale.core.table;

import io.arkvale.api.Digest;
import io.arkvale.spi.PageDevice;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Where the digests of one sequence's pages lie, in one layer and head group: blocks of {@link
 * io.arkvale.spi.Storage#digestPages} pages that forks share. A last block that is not full is copied before one of them
 * adds to it. As a function it gives the block with an index, in page order.
 */
public final class DigestList implements IntUnaryOperator {
    private final Digest digest;
    private final SlotPool pool;
    private final PageDevice<?> device;
    private final int blockPages;
    private int[] blocks = new int[0];
    private int pages;

    public DigestList(Digest digest, SlotPool pool, PageDevice<?> device) {
        this.digest = digest;
        this.pool = pool;
        this.device = device;
        blockPages = device.storage().digestPages();
    }

    /** The list of a fork. */
    public DigestList(DigestList other) {
        this(other.digest, other.pool, other.device);
        blocks = other.blocks.clone();
        pages = other.pages;
        pool.retainAll(blocks);
    }

    /** The list of a fork that has the first pages alone. */
    public DigestList fork(int count) {
        var fork = new DigestList(this);
        fork.resize(count);
        return fork;
    }

    /** Pages that have a digest, or a place for it that is about to be filled. */
    public int pages() {
        return pages;
    }

    @Override
    public int applyAsInt(int index) {
        return blocks[index];
    }

    /** Block of a page. */
    public int block(int page) {
        return blocks[page / blockPages];
    }

    /** Place of a page in its block. */
    public int index(int page) {
        return page % blockPages;
    }

    /** Blocks that {@link #resize} would take. */
    public int needed(int count) {
        int more = Math.max(0, Math.ceilDiv(count, blockPages) - blocks.length);
        return more + (count > pages && isLastShared() ? 1 : 0);
    }

    private boolean isLastShared() {
        return pages % blockPages != 0 && pool.isShared(blocks[pages / blockPages]);
    }

    /** Makes places up to {@code count} pages, or forgets the digests beyond. */
    public void resize(int count) {
        int needed = Math.ceilDiv(count, blockPages);
        if (count > pages && isLastShared()) {
            int last = pages / blockPages;
            int copy = pool.take();
            device.copyDigests(digest, blocks[last], copy);
            pool.release(blocks[last]);
            blocks[last] = copy;
        }
        for (int i = needed; i < blocks.length; i++) {
            pool.release(blocks[i]);
        }
        int kept = Math.min(needed, blocks.length);
        blocks = Arrays.copyOf(blocks, needed);
        for (int i = kept; i < needed; i++) {
            blocks[i] = pool.take();
        }
        pages = count;
    }
}
