package io.arkvale.cuda;

import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * What a step needs on the device beside the pools: a record of each member, counters, scratch, and a copy of what it
 * changes, to take it back. All of it is allocated when the step opens, so that no later call can lack memory.
 */
final class StepMemory {
    /** Size of struct {@code Sequence} of {@code cache.cuh}: 6 pointers, 12 ints. */
    static final int RECORD_BYTES = 6 * Long.BYTES + 12 * Integer.BYTES;

    private static final int ALIGNMENT = 16;

    private final CudaCache cache;
    private final Scratch records;
    private final Scratch scores;
    private final Scratch guessedScores;
    private final Scratch headScores;
    private final Scratch partials;
    private final Scratch tickets;
    private final Scratch selectKeys;
    private final Scratch moves;
    private final Scratch before;
    private int batch;
    private long countersAt;
    private long offsetsAt;

    StepMemory(CudaCache cache) {
        this.cache = cache;
        records = new Scratch(cache.memory);
        scores = new Scratch(cache.memory);
        guessedScores = new Scratch(cache.memory);
        headScores = new Scratch(cache.memory);
        partials = new Scratch(cache.memory);
        tickets = new Scratch(cache.memory);
        selectKeys = new Scratch(cache.memory);
        moves = new Scratch(cache.memory);
        before = new Scratch(cache.memory);
    }

    /**
     * Makes room for a step of the given members.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory
     */
    void reserve(List<Member> members) {
        var spec = cache.spec;
        batch = members.size();
        countersAt = (long) RECORD_BYTES * batch;
        offsetsAt = countersAt + counterBytes();
        records.atLeast(offsetsAt + (long) Integer.BYTES * batch * spec.layers());
        long rows = 0;
        long otherRows = 0;
        long longTables = 0;
        long moved = 0;
        long splits = 1;
        long copied = cache.pools.books().bytes;
        for (var member : members) {
            int last = spec.layers() - 1;
            if (member.isOverBudget(last)) {
                rows += member.filledAfter();
                otherRows += member.isLinear() ? 0 : member.filledAfter();
                longTables += member.candidates() > Splits.SHARED_KEYS ? member.filledAfter() : 0;
                moved += (long) spec.headGroups()
                        * Math.max(member.attended(last), (long) spec.layers() * member.pagesBefore());
            }
            if (member.tokens == 1) {
                splits = Math.max(splits, Math.max(member.mostSplits(0), member.mostSplits(last)));
            }
            copied += member.sequence.tables.bytes() + ALIGNMENT;
        }
        long scoreBytes = Float.BYTES * rows * spec.headGroups();
        scores.atLeast(scoreBytes);
        guessedScores.atLeast(scoreBytes);
        selectKeys.atLeast(longTables > 0 ? scoreBytes : 0);
        headScores.atLeast(otherRows > 0 ? Float.BYTES * rows * spec.queryHeads() : 0);
        partials.atLeast(Float.BYTES * splits * batch * spec.queryHeads() * (spec.headDim() + 2L));
        int ticketBytes = Integer.BYTES * batch * spec.queryHeads();
        zero(tickets.atLeast(ticketBytes).address, ticketBytes);
        moves.atLeast(2L * Integer.BYTES * moved);
        before.atLeast(copied);
    }

    /** Writes the records and the offsets of scores, zeroes the counters and keeps what the step may change. */
    void begin(List<Member> members) {
        keep(cache.pools.books(), 0);
        long at = cache.pools.books().bytes;
        var part = cache.staging.take((long) RECORD_BYTES * batch);
        for (var member : members) {
            at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            write(part.buffer(), member, at);
            at += member.sequence.tables.bytes();
        }
        cache.staging.upload(part, area());
        at = cache.pools.books().bytes;
        for (var member : members) {
            at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            keep(member.sequence.block, at, member.sequence.tables.bytes());
            at += member.sequence.tables.bytes();
        }
        zero(area().plus(countersAt), counterBytes());
        var offsets = cache.staging.take((long) Integer.BYTES * batch * cache.spec.layers());
        for (int layer = 0; layer < cache.spec.layers(); layer++) {
            int rows = 0;
            for (var member : members) {
                offsets.buffer().putInt(rows);
                rows += member.isOverBudget(layer) ? member.filledAfter() : 0;
            }
        }
        cache.staging.upload(offsets, area().plus(offsetsAt));
        describe();
    }

    @SuppressWarnings("EnumOrdinal") // cache.cuh declares the same constants in the same order
    private void write(ByteBuffer buffer, Member member, long keptAt) {
        var sequence = member.sequence;
        writeTables(buffer, sequence.block, sequence.tables);
        buffer.putLong(before.atLeast(0).value() + keptAt);
        var spec = sequence.spec;
        buffer.putInt(sequence.tables.capacity()).putInt(member.lengthBefore).putInt(member.tokens);
        buffer.putInt(spec.budgetPages()).putInt(spec.isLimited() ? spec.rankedPages() : 0);
        buffer.putInt(spec.sinkPages()).putInt(spec.windowPages()).putInt(spec.denseLayers());
        buffer.putInt(spec.digest().ordinal()).putInt(spec.groupScore().ordinal());
        buffer.putInt(spec.scope().ordinal()).putInt(0);
    }

    /** The first five fields of a record. */
    static void writeTables(ByteBuffer buffer, Memory.OnDevice block, Tables tables) {
        long base = block.value();
        buffer.putLong(base).putLong(base + Integer.BYTES * tables.backups());
        buffer.putLong(base + Integer.BYTES * tables.attended()).putLong(base + Integer.BYTES * tables.counts());
        buffer.putLong(base + Integer.BYTES * tables.recalls());
    }

    /** Fills in the arguments that hold for the whole step. */
    private void describe() {
        long counters = area().value() + countersAt;
        cache.arguments
                .set(Wide.SEQUENCES, area().value())
                .set(Wide.EVICTED, counters)
                .set(Wide.RECALLED, counters + (long) Long.BYTES * batch)
                .set(Wide.COPIES, counters + 2L * Long.BYTES * batch)
                .set(Wide.FLAGS, counters + (2L * batch + 1) * Long.BYTES)
                .set(Wide.HEAD_SCORES, headScores.atLeast(0).value())
                .set(Wide.PARTIALS, partials.atLeast(0).value())
                .set(Wide.TICKETS, tickets.atLeast(0).value())
                .set(Wide.SELECT_KEYS, selectKeys.atLeast(0).value())
                .set(Wide.MOVES, moves.atLeast(0).value())
                .set(Narrow.BATCH, batch)
                .set(Narrow.SPLIT_TARGET, Splits.TARGET);
    }

    /** Address of a layer's offsets of scores. */
    long scoreOffsets(int layer) {
        return area().value() + offsetsAt + (long) Integer.BYTES * batch * layer;
    }

    Address scores() {
        return scores.atLeast(0).address;
    }

    /** Scores of prefetches, which may come between another layer's estimate and select. */
    Address guessedScores() {
        return guessedScores.atLeast(0).address;
    }

    /** What the step has counted, waited for. */
    Counters counters() {
        var bytes = cache.staging.download(area().plus(countersAt), counterBytes());
        return new Counters(bytes, batch);
    }

    /** Forgets which values were not finite, after an immediate check has reported them. */
    void clearFlags() {
        zero(area().plus(countersAt + (2L * batch + 1) * Long.BYTES), (long) Integer.BYTES * batch);
    }

    /** Puts the books and the members' tables back. */
    void restore(List<Member> members) {
        copy(before.atLeast(0).address, cache.pools.books().address, cache.pools.books().bytes);
        long at = cache.pools.books().bytes;
        for (var member : members) {
            at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            long bytes = member.sequence.tables.bytes();
            copy(before.atLeast(0).address.plus(at), member.sequence.block.address, bytes);
            at += bytes;
        }
    }

    /** The books as they were before the step. */
    Address booksBefore() {
        return before.atLeast(0).address;
    }

    private void keep(Memory.OnDevice block, long at) {
        keep(block, at, block.bytes);
    }

    private void keep(Memory.OnDevice block, long at, long bytes) {
        copy(block.address, before.atLeast(0).address.plus(at), bytes);
    }

    private void copy(Address source, Address target, long bytes) {
        cache.device.check(
                JCudaDriver.cuMemcpyDtoDAsync(target, source, bytes, cache.streams.compute), "cuMemcpyDtoDAsync");
    }

    private void zero(Address address, long bytes) {
        cache.device.check(
                JCudaDriver.cuMemsetD8Async(address, (byte) 0, bytes, cache.streams.compute), "cuMemsetD8Async");
    }

    private Address area() {
        return records.atLeast(0).address;
    }

    private long counterBytes() {
        return (2L * batch + 1) * Long.BYTES + (long) Integer.BYTES * batch;
    }

    /** Numbers that kernels counted. */
    @SuppressWarnings("ArrayRecordComponent") // read at once and never compared
    record Counters(long[] evicted, long[] recalled, long copies, boolean[] notFinite) {
        Counters(MemorySegment bytes, int batch) {
            this(
                    new long[batch],
                    new long[batch],
                    bytes.getAtIndex(ValueLayout.JAVA_LONG, 2L * batch),
                    new boolean[batch]);
            for (int i = 0; i < batch; i++) {
                evicted[i] = bytes.getAtIndex(ValueLayout.JAVA_LONG, i);
                recalled[i] = bytes.getAtIndex(ValueLayout.JAVA_LONG, (long) batch + i);
                notFinite[i] = bytes.getAtIndex(ValueLayout.JAVA_INT, 4L * batch + 2 + i) != 0;
            }
        }
    }
}
