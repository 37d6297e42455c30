package io.arkvale.core;

import io.arkvale.api.Backend;
import io.arkvale.api.BackendLostException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheStats;
import io.arkvale.api.CacheView;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.ClosedException;
import io.arkvale.api.DeviceQueue;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.api.UnsupportedFeatureException;
import io.arkvale.core.step.CheckedStep;
import io.arkvale.core.step.CommittedStep;
import io.arkvale.core.step.MemberRows;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepWork;
import io.arkvale.core.tensor.CacheTensors;
import io.arkvale.core.tensor.CallChecks;
import io.arkvale.core.tensor.Guard;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache that checks every call before its subclass acts on it: whose sequence it is, whether it is open and sound, whether
 * a step is open. It owns the set of sequences, the tensors, the open step and the guard, which every call holds: one thread
 * uses a cache at a time, but any thread may ask the backend for its memory or close it.
 *
 * <p>Methods named {@code do…} are the subclass's part; the guard is held and the arguments are checked when they run.
 *
 * @param <S> the backend's sequences
 * @param <M> the memory of its tensors
 */
public abstract class CheckedCache<S extends CacheSequence, M extends TensorMemory> implements KvCache {
    private final CacheBackend backend;
    private final CacheSpec spec;
    private final Class<S> sequenceType;
    private final Guard guard = new Guard();
    private final CacheTensors<M> tensors;
    private final Set<S> sequences = new LinkedHashSet<>();
    private @Nullable CheckedStep<M> open;

    /** Of the open step. */
    private final List<StepMember<S>> members = new ArrayList<>();

    /** Rows of calls that bring one per member, for the size of the last batch. */
    private List<MemberRows> oneEach = List.of();

    private final Owner owner = new Owner();
    private final Runnable usable = this::requireOpen;
    private final Runnable changeable = this::requireChangeable;

    /** Steps that are over and whose outcome is not taken in yet, in their order. */
    private final List<CommittedStep> pending = new ArrayList<>();

    private long version;
    private volatile CacheStats done = CacheStats.NONE;
    private volatile boolean closed;

    /** A cache without sequences. */
    @SuppressWarnings("this-escape") // tensors ask for memory later
    protected CheckedCache(CacheBackend backend, CacheSpec spec, Class<S> sequenceType) {
        this.backend = backend;
        this.spec = spec;
        this.sequenceType = sequenceType;
        tensors = new CacheTensors<>(spec, backend.capabilities(), guard, new TensorAllocator());
    }

    private final class TensorAllocator implements CacheTensors.Allocator<M> {
        @Override
        public M allocate(long bytes, long rowBytes) {
            return doAllocate(bytes, rowBytes);
        }

        @Override
        public M wrap(MemorySegment memory, long rowStride) {
            return doWrap(memory, rowStride);
        }
    }

    /** Called first in every call but those of tensors, for a backend that must make something current. */
    protected void enter() {}

    /** An empty sequence. */
    protected abstract S doBegin(SequenceSpec settings);

    /** A sequence that shares what the given one holds; its length is set by the caller. */
    protected abstract S doFork(S source);

    /**
     * A sequence that holds the first tokens of the given one and has settings of its own; its length is set by the caller.
     * Asked only if the backend declares it. All or nothing.
     */
    protected S doFork(S source, int length, SequenceSpec settings) {
        throw new UnsupportedFeatureException(Feature.FORK_SETTINGS);
    }

    /**
     * Checks that there is room for what comes back when tokens are taken back, and changes nothing.
     *
     * @throws io.arkvale.api.CapacityException if there is not
     */
    protected void requireRoomToTruncate(S sequence, int length) {}

    /**
     * Takes tokens back, for which there is room; the length is set by the caller. Asked only if the backend declares it. All
     * or nothing.
     */
    protected void doTruncate(S sequence, int length) {
        throw new UnsupportedFeatureException(Feature.TRUNCATION);
    }

    /**
     * A member of a step that opens; the sequence has not grown yet.
     *
     * @param index its place in the batch
     * @param firstRow its first row in tensors that hold all tokens of the step
     */
    protected abstract StepMember<S> doMember(S sequence, int index, int firstRow, Batch.Entry entry);

    /**
     * Reserves what a step may need, and changes nothing else.
     *
     * @param members of the step; the list is used again for the next one
     * @throws io.arkvale.api.CapacityException if something is short; nothing is left reserved
     */
    protected abstract StepWork<M> doReserve(List<? extends StepMember<S>> members);

    /** Gives back what a sequence holds. */
    protected abstract void doRelease(S sequence);

    /** Memory for a tensor, all zero, in rows without gaps. */
    protected abstract M doAllocate(long bytes, long rowBytes);

    /** The caller's memory as that of a tensor. Asked only if the backend declares it. */
    protected M doWrap(MemorySegment memory, long rowStride) {
        throw new UnsupportedFeatureException(Feature.HOST_TENSORS);
    }

    /** The device's queue. Asked only if the backend declares it; it holds the guard itself. */
    protected DeviceQueue doQueue() {
        throw new UnsupportedFeatureException(Feature.DEVICE_TENSORS);
    }

    /** The view that callers get. */
    protected abstract CacheView doView();

    /**
     * The memory in use.
     *
     * @param step the open step, if there is one
     */
    protected abstract MemoryUse doMemory(@Nullable CheckedStep<M> step);

    /** Returns when every earlier call has taken full effect. */
    protected abstract void doSynchronize();

    /** Frees everything; sequences and tensors are closed already. */
    protected abstract void doClose();

    @Override
    public final CacheSpec spec() {
        return spec;
    }

    /** Its backend. */
    protected final CacheBackend backend() {
        return backend;
    }

    /** Its tensors. */
    protected final CacheTensors<M> tensors() {
        return tensors;
    }

    /** Its open sequences. */
    protected final Set<S> sequences() {
        return sequences;
    }

    /** Tokens of a sequence that a layer stores, in the middle of a step too. */
    protected final int tokens(S sequence, int layer) {
        if (open != null) {
            for (var member : open.members()) {
                if (member.sequence().equals(sequence)) {
                    return member.lengthBefore() + open.stored(layer, member.index());
                }
            }
        }
        return sequence.length();
    }

    /** Counts the calls that may change what a view shows. */
    public final long version() {
        return version;
    }

    @Override
    public final Sequence begin(SequenceSpec settings) {
        try (var _ = holdToChange()) {
            requireBeside();
            CallChecks.settings(settings, spec);
            backend.capabilities().require(settings);
            CallChecks.digest(settings, spec);
            return register(doBegin(settings));
        }
    }

    @Override
    public final Sequence fork(Sequence sequence) {
        try (var _ = holdToChange()) {
            backend.capabilities().require(Feature.FORKS);
            var source = settled(sequence);
            requireOutside(source, "fork");
            var fork = doFork(source);
            fork.setLength(source.length());
            fork.inherit(source);
            fork.setPromptOpen(source.isPromptOpen());
            return register(fork);
        }
    }

    @Override
    public final Sequence fork(Sequence sequence, int length, SequenceSpec settings) {
        try (var _ = holdToChange()) {
            backend.capabilities().require(Feature.FORK_SETTINGS);
            var source = settled(sequence);
            CallChecks.length(length, leastLength(source), source.length());
            CallChecks.settings(settings, spec);
            backend.capabilities().require(settings);
            CallChecks.digest(settings, spec);
            requireOutside(source, "fork");
            var fork = doFork(source, length, settings);
            fork.setLength(length);
            fork.inherit(source);
            fork.setPromptOpen(true);
            return register(fork);
        }
    }

    @Override
    public final void truncate(Sequence sequence, int length) {
        try (var _ = holdToChange()) {
            backend.capabilities().require(Feature.TRUNCATION);
            var own = settled(sequence);
            CallChecks.length(length, leastLength(own), own.length());
            requireOutside(own, "truncate");
            requireRoomToTruncate(own, length);
            doTruncate(own, length);
            own.setLength(length);
        }
    }

    /**
     * Checks what {@link #truncate} checks, and changes nothing: for a cache of several, which truncates all or none.
     *
     * @throws io.arkvale.api.CapacityException if there is no room for the pages that come back
     */
    public final void requireTruncatable(Sequence sequence, int length) {
        try (var _ = holdOpen()) {
            requireRoomToTruncate(own(sequence), length);
        }
    }

    /** The least length that a sequence can be cut or forked at: the windows of all layers must be there. */
    private long leastLength(S sequence) {
        long least = 0;
        for (int layer = 0; spec.hasWindows() && layer < spec.layers(); layer++) {
            int firstHeld = sequence.firstHeld(layer);
            least = Math.max(least, sequence.residence().leastLength(layer, firstHeld));
        }
        return least;
    }

    private S register(S sequence) {
        sequences.add(sequence);
        return sequence;
    }

    @Override
    public final Step step(Batch batch) {
        try (var _ = holdToChange()) {
            settle(CommittedStep::isSettleable);
            if (open != null) {
                throw new CallOrderException("a step is open already; commit or close it first");
            }
            if (batch.hasRoles()) {
                backend.capabilities().require(Feature.MIXED_STEPS);
            }
            members.clear();
            int rows = 0;
            for (int i = 0; i < batch.size(); i++) {
                var entry = batch.entries().get(i);
                var sequence = sound(entry.sequence());
                CallChecks.growth(sequence.length(), entry.tokens());
                CallChecks.draft(entry, sequence.spec(), spec);
                members.add(doMember(sequence, i, rows, entry));
                rows += entry.tokens();
            }
            var work = doReserve(members);
            begin(work);
            for (int i = 0; i < members.size(); i++) {
                var member = members.get(i);
                member.sequence().setLength(member.lengthAfter());
                member.sequence().setPromptOpen(member.role().leavesPromptOpen());
            }
            var step = new CheckedStep<>(owner, batch, members, work, backend.checksImmediately());
            open = step;
            return step;
        }
    }

    private static void begin(StepWork<?> work) {
        boolean begun = false;
        try {
            work.begin();
            begun = true;
        } finally {
            if (!begun) {
                work.undo();
            }
        }
    }

    /** What its steps know of it. */
    private final class Owner implements CheckedStep.Owner<M>, CommittedStep.Owner {
        @Override
        public Backend backend() {
            return backend;
        }

        @Override
        public CacheSpec spec() {
            return spec;
        }

        @Override
        public CacheTensors<M> tensors() {
            return tensors;
        }

        @Override
        public List<MemberRows> oneEach(int members) {
            if (oneEach.size() != members) {
                var counts = new int[members];
                Arrays.fill(counts, 1);
                oneEach = MemberRows.of(counts);
            }
            return oneEach;
        }

        @Override
        public Guard guard() {
            return guard;
        }

        @Override
        public void enter() {
            version++;
            CheckedCache.this.enter();
        }

        @Override
        public CommittedStep.Owner committed() {
            return this;
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void guarded(Runnable part) {
            try (var _ = guard.hold()) {
                if (!closed) {
                    enter();
                }
                part.run();
            }
        }

        @Override
        public void settled(CommittedStep step, StepReport report) {
            pending.remove(step);
            done = done.plus(CacheStats.of(report));
        }

        @Override
        public void ended(CheckedStep<M> step, @Nullable CommittedStep outcome, int[] kept) {
            open = null;
            if (outcome != null) {
                pending.add(outcome);
            }
            for (int i = 0; i < members.size(); i++) {
                var member = members.get(i);
                member.sequence().setLength(member.lengthBefore() + kept[member.index()]);
                if (outcome == null) {
                    member.sequence().setPromptOpen(member.promptOpenBefore());
                } else {
                    member.sequence().noteReach();
                }
            }
        }
    }

    /** Takes in the outcomes of some steps that are over. */
    private void settle(Predicate<CommittedStep> which) {
        if (pending.isEmpty()) {
            return;
        }
        for (var step : List.copyOf(pending)) {
            if (which.test(step)) {
                step.settle();
            }
        }
    }

    /** Closes a sequence of this cache. */
    final void close(CacheSequence sequence) {
        try (var _ = guard.hold()) {
            if (sequence.isClosed()) {
                return;
            }
            version++;
            enter();
            var own = sequenceType.cast(sequence);
            requireOutside(own, "closing a sequence");
            settle(step -> step.has(own));
            try {
                doRelease(own);
            } finally {
                sequences.remove(own);
                own.markClosed();
            }
        }
    }

    /** The sequence, if it is this cache's, open and sound, once the outcomes of all its steps are there. */
    private S settled(Sequence sequence) {
        var own = own(sequence);
        settle(step -> step.has(own));
        return sound(own);
    }

    /** The sequence, if it is this cache's, open and sound as far as is known. */
    private S sound(Sequence sequence) {
        var own = own(sequence);
        if (own.isPoisoned()) {
            throw new PoisonedSequenceException("the sequence is poisoned by an earlier error; close it");
        }
        return own;
    }

    /** The sequence, if it is this cache's and open, poisoned or not. */
    final S own(Sequence sequence) {
        if (!sequenceType.isInstance(sequence)) {
            throw new ForeignObjectException("the sequence belongs to another cache");
        }
        var own = sequenceType.cast(sequence);
        if (!own.isOf(this)) {
            throw new ForeignObjectException("the sequence belongs to another cache");
        }
        if (own.isClosed()) {
            throw new ClosedException("the sequence is closed");
        }
        return own;
    }

    @Override
    public final Tensor allocate(ElementType elementType, int rows, int heads, int width) {
        try (var _ = holdOpen()) {
            return tensors.allocate(elementType, rows, heads, width);
        }
    }

    @Override
    public final Tensor wrap(
            MemorySegment memory, ElementType elementType, int rows, int heads, int width, long rowStride) {
        try (var _ = holdOpen()) {
            return tensors.wrap(memory, elementType, rows, heads, width, rowStride);
        }
    }

    @Override
    public final DeviceQueue queue() {
        try (var _ = holdOpen()) {
            backend.capabilities().require(Feature.DEVICE_TENSORS);
            return doQueue();
        }
    }

    @Override
    public final CacheView view() {
        try (var _ = holdOpen()) {
            return doView();
        }
    }

    @Override
    public final MemoryUse memory() {
        try (var _ = holdOpen()) {
            return doMemory(open);
        }
    }

    @Override
    public final CacheStats stats() {
        try (var _ = holdOpen()) {
            settle(CommittedStep::isSettleable);
            return done;
        }
    }

    /** What it has done, closed or not. */
    final CacheStats done() {
        return done;
    }

    /** The memory in use, or none if another thread has closed the cache meanwhile. */
    final MemoryUse memoryIfOpen() {
        try (var _ = guard.hold()) {
            return closed ? MemoryUse.NONE : memory();
        }
    }

    @Override
    public final void synchronize() {
        try (var _ = holdOpen()) {
            doSynchronize();
            settle(step -> true);
        }
    }

    @Override
    public final void close() {
        try (var _ = guard.hold()) {
            if (closed) {
                return;
            }
            settleAll();
            closed = true;
            if (open != null) {
                open.abandon();
                open = null;
            }
            sequences.forEach(CacheSequence::markClosed);
            sequences.clear();
            try {
                try {
                    tensors.close();
                } finally {
                    doClose();
                }
            } finally {
                backend.forget(this); // not before: a backend that closes waits for the caches it knows
            }
        }
    }

    /** Takes in what its steps still have to say. A device that is lost says nothing. */
    private void settleAll() {
        if (!pending.isEmpty()) {
            try {
                enter();
                settle(step -> true);
            } catch (BackendLostException e) {
                pending.clear();
            }
        }
    }

    /** Runs a part of a view with the guard held. */
    protected final <T> T read(Supplier<T> part) {
        try (var _ = holdOpen()) {
            return part.get();
        }
    }

    /** Takes the guard of a cache that is open. */
    private Guard.Held holdOpen() {
        return guard.hold(usable);
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("the cache is closed");
        }
        enter();
    }

    /** Takes the guard of a cache that is open, for a call that may change what views show. */
    private Guard.Held holdToChange() {
        return guard.hold(changeable);
    }

    private void requireChangeable() {
        requireOpen();
        version++;
    }

    /** A call beside an open step must be declared. */
    private void requireBeside() {
        if (open != null) {
            backend.capabilities().require(Feature.BESIDE_STEPS);
        }
    }

    /** The sequence must not be in the batch of an open step. */
    private void requireOutside(S sequence, String call) {
        if (open != null
                && open.members().stream().anyMatch(member -> member.sequence().equals(sequence))) {
            throw new CallOrderException(
                    call + " is not allowed for a sequence of an open step; commit or close the step first");
        }
        requireBeside();
    }

    /** The work of the open step, null if none is open. */
    protected final @Nullable StepWork<M> openWork() {
        return open == null ? null : open.work();
    }
}
