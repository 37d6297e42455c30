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
import io.arkvale.cuda.step.StepMemory;

/** Makes, widens, copies and frees the tables of sequences on the device. */
public record SequenceTables(CudaCache cache) {
    private static final int FIRST_CAPACITY = 16;
    private static final int THREADS = 256;

    public CudaSequence begin(SequenceSpec spec) {
        var tables = Tables.of(cache.spec(), FIRST_CAPACITY);
        return new CudaSequence(cache, spec, tables, allocate(tables));
    }

    private Memory.OnDevice allocate(Tables tables) {
        var block = cache.memory.allocate(tables.bytes());
        long counts = Integer.BYTES * tables.counts();
        cache.streams.fill(block.address, Tables.NONE, counts);
        cache.streams.fill(block.address.plus(counts), 0, tables.bytes() - counts);
        return block;
    }

    /** Widens the tables until they have room for so many pages. */
    public void makeRoom(CudaSequence sequence, int pages) {
        var narrow = sequence.tables;
        if (pages <= narrow.capacity()) {
            return;
        }
        var wide = Tables.of(cache.spec(), Math.max(pages, Math.addExact(narrow.capacity(), narrow.capacity() / 2)));
        var block = allocate(wide);
        long record = stage(block, wide, sequence.block, narrow.capacity());
        launch(KernelName.GROW_TABLES, new GrowTablesArguments(shape(), record));
        var old = sequence.block;
        sequence.block = block;
        sequence.tables = wide;
        free(old);
    }

    public CudaSequence fork(CudaSequence source) {
        var block = cache.memory.allocate(source.tables.bytes());
        cache.streams.copy(source.block.address, block.address, source.tables.bytes());
        long record = stage(block, source.tables, block, 0);
        launch(KernelName.RETAIN_SLOTS, new RetainSlotsArguments(shape(), cache.pools.booksOfSlots(), record));
        var fork = new CudaSequence(cache, source.spec(), source.tables, block);
        fork.backups.addAll(source.backups);
        fork.backups.forEach(cache.pools.backups::retainAll);
        return fork;
    }

    public void release(CudaSequence sequence) {
        cache.streams.awaitBackups();
        long record = stage(sequence.block, sequence.tables, sequence.block, 0);
        launch(KernelName.RELEASE_SLOTS, new ReleaseSlotsArguments(shape(), cache.pools.booksOfSlots(), record));
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

    /** Where the device finds the record of a sequence outside of steps. */
    private long stage(Memory.OnDevice block, Tables tables, Memory.OnDevice before, int capacityBefore) {
        var part = cache.staging.take(StepMemory.RECORD_BYTES);
        StepMemory.writeTables(part.buffer(), block, tables);
        part.buffer().putLong(before.value());
        part.buffer().putInt(tables.capacity());
        part.buffer().putInt(StepMemory.RECORD_BYTES - Integer.BYTES, capacityBefore);
        return part.address().value();
    }

    private void launch(KernelName kernel, KernelArguments arguments) {
        cache.queue.launch(kernel, new Grid(32), THREADS, 0, arguments);
    }
}
