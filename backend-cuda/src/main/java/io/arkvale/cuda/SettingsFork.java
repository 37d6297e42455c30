package io.arkvale.cuda;

import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.kernel.CacheStructs.Residence;
import io.arkvale.cuda.kernel.KernelArguments.CountForkArguments;
import io.arkvale.cuda.kernel.KernelArguments.FillForkArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.step.DigestWork;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A fork of the first tokens of a sequence with settings of its own (rule 711). It shares full pages and makes what its
 * settings ask for and the source lacks: a copy of a last page that is not full, pages that come back, backups and digests.
 */
final class SettingsFork {
    private static final int THREADS = 256;

    /** Blocks that make the pages of one layer and head group. */
    private static final int BLOCKS = 8;

    /** {@code UNWRITTEN} of {@code cache.cuh}. */
    private static final int UNWRITTEN = -10;

    private final CudaCache cache;
    private final CudaSequence source;
    private final int length;
    private final CudaSequence fork;
    private final Residence kept;
    private final int full;
    private final int runs;

    /**
     * Nothing has changed yet.
     *
     * @param fork is empty, has the settings and room for the pages
     * @param besideStep whether a step is open on other sequences
     */
    SettingsFork(CudaCache cache, CudaSequence source, int length, CudaSequence fork, boolean besideStep) {
        this.cache = cache;
        this.source = source;
        this.length = length;
        this.fork = fork;
        kept = new Residence(fork.limits(), length, besideStep ? 1 : 0);
        full = length / cache.spec().pageSize();
        runs = cache.spec().layers() * cache.spec().headGroups();
    }

    /** Slots that it takes: of pages that come back, and of a last page that is copied. Waits for the device. */
    long slotsNeeded() {
        long copied = length % cache.spec().pageSize() == 0 ? 0 : runs;
        return copied
                + cache.count(counter -> cache.queue.launch(
                        KernelName.COUNT_FORK,
                        new Grid(runs),
                        THREADS,
                        0,
                        new CountForkArguments(
                                cache.pools.shape(), cache.pools.booksOfSlots(), source.onDevice(), kept, counter)));
    }

    /** Backups that it makes. */
    long backupsNeeded() {
        long needed = 0;
        for (int run : fork.limitedRuns()) {
            for (int page = 0; page < full; page++) {
                needed += source.fullPages.get(page).isBackedUp(run) ? 0 : 1;
            }
        }
        return needed;
    }

    /** Queues it; there is room. */
    void fill() {
        installBackups();
        cache.queue.launch(
                KernelName.FILL_FORK,
                new Grid(runs, BLOCKS),
                THREADS,
                0,
                new FillForkArguments(
                        cache.pools.shape(),
                        cache.pools.pages(),
                        cache.pools.booksOfSlots(),
                        source.onDevice(),
                        fork.onDevice(),
                        kept));
        new DigestWork(cache).run(fork, full, this::needsDigests);
    }

    /** Writes the backups into the fork's tables: those that other sequences have, and new ones with their mark. */
    private void installBackups() {
        fork.fullPages.addAll(source.fullPages.subList(0, full));
        int capacity = fork.tables.capacity();
        var entries = new int[Math.multiplyExact(runs, capacity)];
        Arrays.fill(entries, TableLayout.NONE);
        for (int run : fork.limitedRuns()) {
            for (int page = 0; page < full; page++) {
                entries[run * capacity + page] = fork.fullPages.get(page).isBackedUp(run)
                        ? cache.backups.share(fork, page, run)
                        : UNWRITTEN - cache.backups.take(fork, page, run);
            }
        }
        var table = MemorySegment.ofArray(entries);
        var target = fork.block.address.plus(Integer.BYTES * fork.tables.backups());
        cache.staging.upload(table, target, table.byteSize());
    }

    /** Whether the source has no digests of the fork's kind. */
    private boolean needsDigests(int layer) {
        return fork.residence().isLimited(layer)
                && (!source.residence().isLimited(layer)
                        || !source.spec().digest().equals(fork.spec().digest()));
    }
}
