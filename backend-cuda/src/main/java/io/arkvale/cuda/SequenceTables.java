package io.arkvale.cuda;

import io.arkvale.api.SequenceSpec;
import io.arkvale.core.Residence;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.kernel.CacheStructs.Shape;
import io.arkvale.cuda.kernel.KernelArguments;
import io.arkvale.cuda.kernel.KernelArguments.GrowTablesArguments;
import io.arkvale.cuda.kernel.KernelArguments.LeaveWindowsArguments;
import io.arkvale.cuda.kernel.KernelArguments.ReleaseSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.RetainSlotsArguments;
import io.arkvale.cuda.kernel.KernelName;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Makes, widens, copies and frees the tables of sequences on the device. */
public record SequenceTables(CudaCache cache) {
    private static final int FIRST_CAPACITY = 16;
    private static final int THREADS = 256;

    public CudaSequence begin(SequenceSpec spec) {
        return begin(spec, TableLayout.of(cache.spec(), spec, FIRST_CAPACITY, 0));
    }

    /** An empty sequence with room for so many pages, and for as many attended ones as another has. */
    CudaSequence begin(SequenceSpec spec, int pages, CudaSequence other) {
        int capacity = Math.max(FIRST_CAPACITY, pages);
        return begin(spec, TableLayout.of(cache.spec(), spec, capacity, other.tables.width()));
    }

    private CudaSequence begin(SequenceSpec spec, TableLayout tables) {
        var block = allocate(tables);
        boolean isWhole = false;
        try {
            var budgets = budgets(spec);
            isWhole = true;
            return new CudaSequence(cache, spec, tables, block, budgets);
        } finally {
            if (!isWhole) {
                block.close();
            }
        }
    }

    /** Structs {@code Budget} of {@code cache.cuh} by layer and head group, if they differ; null if not. */
    private Memory.@Nullable OnDevice budgets(SequenceSpec spec) {
        if (spec.layerBudgets().isEmpty()) {
            return null;
        }
        var residence = new Residence(cache.spec(), spec);
        int groups = cache.spec().headGroups();
        var ints = new int[2 * cache.spec().layers() * groups];
        for (int run = 0; run < ints.length / 2; run++) {
            ints[2 * run] = residence.budgetPages(run / groups, run % groups);
            ints[2 * run + 1] = residence.rankedPages(run / groups, run % groups);
        }
        var source = MemorySegment.ofArray(ints);
        var budgets = cache.memory.allocate(source.byteSize());
        boolean isThere = false;
        try {
            cache.staging.upload(source, budgets.address, source.byteSize());
            isThere = true;
            return budgets;
        } finally {
            if (!isThere) {
                budgets.close();
            }
        }
    }

    private Memory.OnDevice allocate(TableLayout tables) {
        var block = cache.memory.allocate(tables.bytes());
        long marks = Integer.BYTES * tables.marks();
        cache.streams.fill(block.address, TableLayout.NONE, marks);
        cache.streams.fill(block.address.plus(marks), 0, tables.bytes() - marks);
        return block;
    }

    /** Widens the tables until they have room for so many pages. */
    public void makeRoom(CudaSequence sequence, int pages) {
        var narrow = sequence.tables;
        if (pages <= narrow.capacity()) {
            return;
        }
        int capacity = Math.max(pages, Math.addExact(narrow.capacity(), narrow.capacity() / 2));
        var wide = TableLayout.of(cache.spec(), sequence.spec(), capacity, narrow.width());
        var block = allocate(wide);
        launch(KernelName.GROW_TABLES, new GrowTablesArguments(shape(), sequence.onDevice(), wide.in(block.address)));
        var old = sequence.block;
        sequence.block = block;
        sequence.tables = wide;
        free(old);
    }

    public CudaSequence fork(CudaSequence source) {
        var fork = begin(source.spec(), source.tables);
        cache.streams.copy(source.block.address, fork.block.address, source.tables.bytes());
        launch(KernelName.RETAIN_SLOTS, new RetainSlotsArguments(shape(), cache.pools.booksOfSlots(), fork.onDevice()));
        cache.backups.shareAll(source, fork);
        return fork;
    }

    public void release(CudaSequence sequence) {
        cache.streams.awaitBackups();
        cache.streams.awaitAhead(); // prefetches of a step share what is resident
        launch(
                KernelName.RELEASE_SLOTS,
                new ReleaseSlotsArguments(shape(), cache.pools.booksOfSlots(), sequence.onDevice()));
        cache.backups.release(sequence, 0);
        free(sequence);
    }

    /** Frees the tables of a sequence that holds nothing. */
    void free(CudaSequence sequence) {
        free(sequence.block);
        if (sequence.budgets != null) {
            sequence.budgets.close();
        }
    }

    /**
     * Gives up the pages that are outside the windows of their layers at a length for good, and were not at the greatest one
     * before: a step has been committed.
     */
    public void leaveWindows(CudaSequence sequence, int length) {
        var residence = sequence.residence();
        boolean leavesAny = false;
        for (int layer = 0; cache.spec().hasWindows() && layer < cache.spec().layers(); layer++) {
            leavesAny |= residence.firstKept(layer, length) > sequence.firstHeld(layer);
        }
        if (leavesAny) {
            int runs = cache.spec().layers() * cache.spec().headGroups();
            cache.queue.launch(
                    KernelName.LEAVE_WINDOWS,
                    new Grid(runs),
                    THREADS,
                    0,
                    new LeaveWindowsArguments(
                            shape(), cache.pools.booksOfSlots(), sequence.onDevice(), sequence.reach(), length));
        }
    }

    /** Backups under way read the tables of their sequence. */
    private void free(Memory.OnDevice block) {
        cache.streams.synchronize();
        block.close();
    }

    private Shape shape() {
        return cache.pools.shape();
    }

    private void launch(KernelName kernel, KernelArguments arguments) {
        cache.queue.launch(kernel, new Grid(32), THREADS, 0, arguments);
    }
}
