package io.arkvale.cuda.step;

import io.arkvale.core.step.StepMember;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaMemory;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Scratch;
import io.arkvale.cuda.kernel.CacheStructs.Layer;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.cuda.kernel.CacheStructs.Sequence;
import io.arkvale.cuda.kernel.Serving;
import io.arkvale.cuda.kernel.StructLayout;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a step needs on the device beside the pools: a record of each member, counters and scratch. All of it is allocated when the step opens, so that no later call can lack memory.
 */
public final class StepMemory {
    private static final StructLayout RECORD = StructLayout.of(Sequence.class);

    private static final int ALIGNMENT = 16;

    /** Copies at the beginning of a step. */
    private static final int OWN_COPIES = 3;

    private final CudaCache cache;
    private final Copies copies;
    private final Scratch records;
    private final ScoreScratch now;
    private final ScoreScratch shown;
    private final ScoreScratch ahead;
    private final Scratch partials;
    private final Scratch tickets;
    private final Scratch guesses;
    private CounterLayout layout = new CounterLayout(0, 0, false);
    private RoleRows roles = new RoleRows(List.of());
    private int batch;
    private int step;
    private int decodingRows;

    public StepMemory(CudaCache cache) {
        this.cache = cache;
        copies = new Copies(cache);
        records = new Scratch(cache.memory);
        now = ScoreScratch.in(cache.memory);
        shown = now.withOwnScores(cache.memory);
        ahead = ScoreScratch.in(cache.memory);
        partials = new Scratch(cache.memory);
        tickets = new Scratch(cache.memory);
        guesses = new Scratch(cache.memory);
    }

    /**
     * Makes room for a step of the given members.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory
     */
    public void reserve(List<Member> members) {
        var spec = cache.spec();
        batch = members.size();
        roles = new RoleRows(members);
        layout = new CounterLayout(batch, spec.layers(), cache.timed);
        records.atLeast(countersAt() + layout.bytes());
        long splits = 1;
        decodingRows = 0;
        for (var member : members) {
            if (member.mayDecode()) {
                decodingRows += member.tokens();
                for (int layer = 0; layer < spec.layers(); layer++) {
                    splits = Math.max(splits, member.mostSplits(layer));
                }
            }
        }
        now.reserve(cache, members);
        shown.reserve(cache, members);
        ahead.reserve(cache, members);
        partials.atLeast(Float.BYTES * splits * decodingRows * spec.queryHeads() * (spec.headDim() + 2L));
        tickets.atLeast(ticketBytes());
        guesses.atLeast(queryBytes() * spec.layers());
        cache.downloads.makeRoom(layout.bytes());
        cache.staging.makeRoom(countersAt(), Copies.bytes(OWN_COPIES), PageWork.backupBytes(members));
    }

    /** Writes the records and the offsets of scores, and zeroes the counters. */
    public void begin(List<Member> members) {
        var part = cache.staging.take(countersAt());
        step++;
        for (var member : members) {
            RECORD.write(record(member), part.buffer(), RECORD.bytes() * member.index());
        }
        part.buffer().position(RECORD.bytes() * batch);
        writeOffsets(part.buffer(), members);
        roles.write(part.buffer());
        copies.add(part.address(), area(), countersAt());
        copies.zero(area().plus(countersAt()), layout.bytes());
        copies.zero(tickets.atLeast(0).address, ticketBytes());
        copies.run();
    }

    private void writeOffsets(ByteBuffer buffer, List<Member> members) {
        for (int layer = 0; layer < cache.spec().layers(); layer++) {
            var offsets = StepMember.scoreOffsets(members, layer);
            for (var member : members) {
                buffer.putInt(offsets[member.index()]);
            }
        }
    }

    private Sequence record(Member member) {
        return SequenceRecord.of(
                cache,
                member.sequence(),
                step,
                member.lengthBefore(),
                member.tokens(),
                member.firstRow(),
                Serving.of(member.role()));
    }

    /** A layer of the step, as kernels are given it that are for all members. */
    public Layer layer(int index) {
        return layer(index, Serving.EVERY);
    }

    /** The same for kernels that are for some members. */
    @SuppressWarnings("EnumOrdinal") // cache.cuh declares the same constants in the same order
    public Layer layer(int index, Serving serving) {
        long times = layout.isTimed() ? counters() + layout.timesAt() : 0;
        long recallTimes = counters() + layout.recallTimesAt();
        return new Layer(cache.pools.shape(), index, batch, sequences(), times, recallTimes, serving.ordinal());
    }

    /** What each member does, if they have roles. */
    public RoleRows roles() {
        return roles;
    }

    /** Where kernels find the chunks of members with roles: all that is stored. */
    public long storedChunks() {
        return rolesAt() + roles.storedAt();
    }

    /** Of members that attend as prompts. */
    public long promptChunks() {
        return rolesAt() + roles.promptsAt();
    }

    /** Of queries that are read. */
    public long queryChunks() {
        return rolesAt() + roles.queriesAt();
    }

    /** Where attention finds the tokens that decode in a step of several roles. */
    public long decodingRows() {
        return rolesAt() + roles.decodingAt();
    }

    private long rolesAt() {
        return area().value() + offsetsAt() + offsetsBytes();
    }

    /** Where kernels find the records of the members. */
    public long sequences() {
        return area().value();
    }

    /** Where kernels note members whose values are not finite. */
    public long flags() {
        return counters() + layout.flagsAt();
    }

    /** Where kernels count the pages that each member evicted. */
    public long evicted() {
        return counters() + layout.evictedAt();
    }

    /** Where kernels count the pages that each member recalled. */
    public long recalled() {
        return counters() + layout.recalledAt();
    }

    /** Where kernels count the pages that each member attends to because they are resident. */
    public long attended() {
        return counters() + layout.attendedAt();
    }

    /** Where kernels count the pages that are copied back. */
    public long copies() {
        return counters() + layout.copiesAt();
    }

    private long counters() {
        return area().value() + countersAt();
    }

    /** Where the splits of attention meet. */
    public long partials() {
        return partials.atLeast(0).value();
    }

    /** Where they are counted. */
    public long tickets() {
        return tickets.atLeast(0).value();
    }

    /** Address of a layer's offsets of scores. */
    public long scoreOffsets(int layer) {
        return area().value() + offsetsAt() + (long) Integer.BYTES * batch * layer;
    }

    /** For the scores that the caller is shown, until he asks for others. */
    public ScoreScratch shown() {
        return shown;
    }

    /** For the calls of the current layer that show none. */
    public ScoreScratch now() {
        return now;
    }

    /** For prefetches. */
    public ScoreScratch ahead() {
        return ahead;
    }

    /** Queues a copy of the queries that a layer is prefetched with, without gaps. */
    public Rows keepGuesses(int layer, CudaMemory queries) {
        var target = guesses.atLeast(0).address.plus(queryBytes() * layer);
        long rowBytes = queryBytes() / batch;
        if (queries.rowStride() == rowBytes) {
            cache.streams.copy(queries.address(), target, queryBytes());
        } else {
            for (int row = 0; row < batch; row++) {
                var from = queries.address().plus(row * queries.rowStride());
                cache.streams.copy(from, target.plus(row * rowBytes), rowBytes);
            }
        }
        return new Rows(target.value(), rowBytes / cache.spec().elementType().bytes());
    }

    /** What the step has counted up to now, once it is asked for. */
    public PendingCounters countLater() {
        return new PendingCounters(layout, cache.downloads.start(area().plus(countersAt()), layout.bytes()));
    }

    /** What the step has counted, waited for. */
    public Counters count() {
        return layout.read(cache.staging.download(area().plus(countersAt()), layout.bytes()));
    }

    /** Forgets which values were not finite, after an immediate check has reported them. */
    public void clearFlags() {
        cache.streams.fill(area().plus(countersAt() + layout.flagsAt()), 0, (long) Integer.BYTES * batch);
    }

    private Address area() {
        return records.atLeast(0).address;
    }

    private long offsetsAt() {
        return (long) RECORD.bytes() * batch;
    }

    private long countersAt() {
        return Math.ceilDiv(offsetsAt() + offsetsBytes() + roles.bytes(), ALIGNMENT) * ALIGNMENT;
    }

    private long offsetsBytes() {
        return (long) Integer.BYTES * batch * cache.spec().layers();
    }

    private long queryBytes() {
        var spec = cache.spec();
        return (long) batch
                * spec.queryHeads()
                * spec.headDim()
                * spec.elementType().bytes();
    }

    private long ticketBytes() {
        return (long) Integer.BYTES * decodingRows * cache.spec().queryHeads();
    }
}
