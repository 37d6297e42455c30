package io.arkvale.cuda;

import io.arkvale.api.SequenceSpec;
import io.arkvale.cuda.CallArguments.Wide;
import io.arkvale.cuda.Kernels.Grid;
import jcuda.driver.JCudaDriver;

/** Makes, widens, copies and frees the tables of sequences on the device. */
final class SequenceTables {
    private static final int FIRST_CAPACITY = 16;
    private static final int THREADS = 256;

    private final CudaCache cache;

    SequenceTables(CudaCache cache) {
        this.cache = cache;
    }

    CudaSequence begin(SequenceSpec spec) {
        var tables = Tables.of(cache.spec, FIRST_CAPACITY);
        return new CudaSequence(cache, spec, tables, allocate(tables));
    }

    private Memory.OnDevice allocate(Tables tables) {
        var block = cache.memory.allocate(tables.bytes());
        fill(block.address, Tables.NONE, tables.counts());
        fill(block.address.plus(Integer.BYTES * tables.counts()), 0, 2L * tables.runs());
        return block;
    }

    private void fill(Address address, int value, long count) {
        cache.device.check(
                JCudaDriver.cuMemsetD32Async(address, value, count, cache.streams.compute), "cuMemsetD32Async");
    }

    /** Widens the tables until they have room for so many pages. */
    void makeRoom(CudaSequence sequence, int pages) {
        var narrow = sequence.tables;
        if (pages <= narrow.capacity()) {
            return;
        }
        var wide = Tables.of(cache.spec, Math.max(pages, Math.addExact(narrow.capacity(), narrow.capacity() / 2)));
        var block = allocate(wide);
        launch("growTables", block, wide, sequence.block, narrow.capacity());
        var old = sequence.block;
        sequence.block = block;
        sequence.tables = wide;
        free(old);
    }

    CudaSequence fork(CudaSequence source) {
        var block = cache.memory.allocate(source.tables.bytes());
        cache.device.check(
                JCudaDriver.cuMemcpyDtoDAsync(
                        block.address, source.block.address, source.tables.bytes(), cache.streams.compute),
                "cuMemcpyDtoDAsync");
        launch("retainSlots", block, source.tables, block, 0);
        var fork = new CudaSequence(cache, source.spec, source.tables, block);
        fork.length = source.length;
        fork.backups.addAll(source.backups);
        fork.backups.forEach(cache.pools.backups::retainAll);
        return fork;
    }

    void release(CudaSequence sequence) {
        cache.streams.awaitBackups();
        launch("releaseSlots", sequence.block, sequence.tables, sequence.block, 0);
        sequence.backups.forEach(cache.pools.backups::releaseAll);
        sequence.backups.clear();
        free(sequence.block);
    }

    /** Backups under way read the tables of their sequence. */
    private void free(Memory.OnDevice block) {
        cache.streams.synchronize();
        block.close();
    }

    private void launch(String kernel, Memory.OnDevice block, Tables tables, Memory.OnDevice before, int capacity) {
        var part = cache.staging.take(StepMemory.RECORD_BYTES);
        StepMemory.writeTables(part.buffer(), block, tables);
        part.buffer().putLong(before.value());
        part.buffer().putInt(tables.capacity());
        part.buffer().putInt(StepMemory.RECORD_BYTES - Integer.BYTES, capacity);
        cache.arguments.set(Wide.SEQUENCES, part.address().value());
        cache.kernels.get("sequence", kernel).launch(cache.streams.compute, new Grid(32), THREADS, 0, cache.arguments);
    }
}
