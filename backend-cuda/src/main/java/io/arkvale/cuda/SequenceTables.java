package io.arkvale.cuda;

import io.arkvale.api.SequenceSpec;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.kernel.CacheStructs.Shape;
import io.arkvale.cuda.kernel.KernelArguments;
import io.arkvale.cuda.kernel.KernelArguments.GrowTablesArguments;
import io.arkvale.cuda.kernel.KernelArguments.ReleaseSlotsArguments;
import io.arkvale.cuda.kernel.KernelArguments.RetainSlotsArguments;
import io.arkvale.cuda.kernel.KernelName;

/** Makes, widens, copies and frees the tables of sequences on the device. */
public record SequenceTables(CudaCache cache) {
    private static final int FIRST_CAPACITY = 16;
    private static final int THREADS = 256;

    public CudaSequence begin(SequenceSpec spec) {
        var tables = TableLayout.of(cache.spec(), spec, FIRST_CAPACITY);
        return new CudaSequence(cache, spec, tables, allocate(tables));
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
        var wide = TableLayout.of(cache.spec(), sequence.spec(), capacity);
        var block = allocate(wide);
        launch(KernelName.GROW_TABLES, new GrowTablesArguments(shape(), sequence.onDevice(), wide.in(block.address)));
        var old = sequence.block;
        sequence.block = block;
        sequence.tables = wide;
        free(old);
    }

    public CudaSequence fork(CudaSequence source) {
        var block = cache.memory.allocate(source.tables.bytes());
        cache.streams.copy(source.block.address, block.address, source.tables.bytes());
        var fork = new CudaSequence(cache, source.spec(), source.tables, block);
        launch(KernelName.RETAIN_SLOTS, new RetainSlotsArguments(shape(), cache.pools.booksOfSlots(), fork.onDevice()));
        fork.backups.addAll(source.backups);
        fork.backups.forEach(cache.pools.backups::retainAll);
        return fork;
    }

    public void release(CudaSequence sequence) {
        cache.streams.awaitBackups();
        cache.streams.awaitAhead(); // prefetches of a step share what is resident
        launch(
                KernelName.RELEASE_SLOTS,
                new ReleaseSlotsArguments(shape(), cache.pools.booksOfSlots(), sequence.onDevice()));
        sequence.backups.forEach(cache.pools.backups::releaseAll);
        sequence.backups.clear();
        free(sequence.block);
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
