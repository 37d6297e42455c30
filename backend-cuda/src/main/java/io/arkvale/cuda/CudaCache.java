package io.arkvale.cuda;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Device;
import io.arkvale.cuda.driver.Kernels.Kernel;
import io.arkvale.cuda.driver.LaunchQueue;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.driver.Staging;
import io.arkvale.cuda.driver.Streams;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.step.CudaStep;
import io.arkvale.cuda.step.Member;
import io.arkvale.cuda.step.Reservation;
import io.arkvale.cuda.step.StepMemory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cache: its pools, its sequences, and the one step that may be open. */
public final class CudaCache implements KvCache {
    public final CacheSpec spec;
    public final CudaBackend backend;
    public final Device device;
    public final boolean immediateChecks;
    public final boolean timed;
    public final Memory memory;
    public final Streams streams;
    public final Staging staging;
    public final Pools pools;
    public final StepMemory stepMemory;
    public final LaunchQueue queue;
    public final CallLock lock = new CallLock();

    private final SequenceTables tables;
    private final Set<CudaSequence> sequences = new LinkedHashSet<>();
    private @Nullable CudaStep open;
    private volatile boolean closed;
    private boolean forked;

    /** Counts the calls that may change what a view shows. */
    private long version;

    public CudaCache(
            CudaBackend backend, CacheSpec spec, Device device, Map<KernelName, Kernel> kernels, CudaOptions options) {
        this.backend = backend;
        this.spec = spec;
        this.device = device;
        immediateChecks = options.immediateChecks();
        timed = options.timedParts();
        memory = new Memory(device);
        streams = new Streams(device);
        queue = new LaunchQueue(device, streams, kernels);
        try {
            staging = new Staging(device, memory, streams);
            pools = new Pools(spec, memory);
            stepMemory = new StepMemory(this);
            tables = new SequenceTables(this);
            pools.clear(device, streams, queue);
        } catch (RuntimeException e) {
            try (streams;
                    memory) {
                throw e;
            }
        }
    }

    /** What every call does first: makes the device current, and the copies that views hold stale. */
    public void enter() {
        device.enter();
        version++;
    }

    public long version() {
        return version;
    }

    @Override
    public CacheSpec spec() {
        return spec;
    }

    @Override
    public Sequence begin(SequenceSpec sequence) {
        try (var _ = lock.begin()) {
            requireIdle("begin");
            CallChecks.settings(sequence, spec);
            enter();
            return register(tables.begin(sequence));
        }
    }

    @Override
    public Sequence fork(Sequence sequence) {
        try (var _ = lock.begin()) {
            requireIdle("fork");
            var source = sound(sequence);
            enter();
            forked = true;
            return register(tables.fork(source));
        }
    }

    private Sequence register(CudaSequence sequence) {
        sequences.add(sequence);
        return sequence;
    }

    @Override
    public Step step(Batch batch) {
        try (var _ = lock.begin()) {
            requireIdle("step");
            var members = new ArrayList<Member>(batch.size());
            for (var entry : batch.entries()) {
                var sequence = sound(entry.sequence());
                if (sequence.length > Integer.MAX_VALUE - entry.tokens()) {
                    throw new InvalidArgumentException(
                            "the sequence would hold " + ((long) sequence.length + entry.tokens())
                                    + " tokens; allowed: up to " + Integer.MAX_VALUE);
                }
                members.add(new Member(sequence, members.size(), entry.tokens()));
            }
            enter();
            long reserved =
                    new Reservation(spec).reserve(sequences, members, pools.backups, () -> pools.usedSlots(staging));
            for (var member : members) {
                tables.makeRoom(member.sequence, member.pagesAfter());
            }
            stepMemory.reserve(members);
            var step = new CudaStep(this, batch, List.copyOf(members), reserved);
            open = step;
            return step;
        }
    }

    /** Whether sequences may share pages. */
    public boolean isForked() {
        return forked;
    }

    /** Queues the zeroing of device memory. */
    public void zero(Address address, long bytes) {
        device.check(device.driver.cuMemsetD8Async(address, (byte) 0, bytes, streams.compute), "cuMemsetD8Async");
    }

    /** Called by the open step when it ends. */
    public void stepEnded() {
        open = null;
    }

    @Nullable
    public CudaStep openStep() {
        return open;
    }

    /** Called by a sequence that closes. */
    public void release(CudaSequence sequence) {
        if (closed) {
            return;
        }
        requireIdle("closing a sequence");
        enter();
        tables.release(sequence);
        sequences.remove(sequence);
    }

    /** The sequence, if it is this cache's, open and sound. */
    private CudaSequence sound(Sequence sequence) {
        var own = own(sequence);
        if (own.poisoned) {
            throw new PoisonedSequenceException(
                    "the sequence brought a value that is not finite; it can only be closed");
        }
        return own;
    }

    /** The sequence, if it is this cache's and open. */
    public CudaSequence own(Sequence sequence) {
        if (!(sequence instanceof CudaSequence own) || own.cache != this) {
            throw new ForeignObjectException("the sequence belongs to another cache");
        }
        if (own.isClosed()) {
            throw new ClosedException("the sequence is closed");
        }
        return own;
    }

    /** The tensor, if it is this cache's, open, and of the given shape or with more rows. */
    public CudaTensor tensor(String name, Tensor tensor, ElementType type, int rows, int heads, int width) {
        if (!(tensor instanceof CudaTensor own) || own.cache != this) {
            throw new ForeignObjectException(name + " is a tensor of another cache");
        }
        own.requireOpen(name);
        CallChecks.tensor(name, own, type, rows, heads, width);
        return own;
    }

    @Override
    public Tensor allocate(ElementType elementType, int rows, int heads, int width) {
        try (var _ = lock.begin()) {
            requireOpen();
            if (elementType != spec.elementType() && elementType != ElementType.F32) {
                throw new InvalidArgumentException(
                        "elementType is " + elementType + "; allowed: " + spec.elementType() + " and F32");
            }
            CallChecks.shape(rows, heads, width);
            enter();
            var block = memory.allocate(bytes(elementType, rows, heads, width));
            zero(block.address, block.bytes);
            return new CudaTensor(this, elementType, rows, heads, width, block.address, block);
        }
    }

    private static long bytes(ElementType type, int rows, int heads, int width) {
        try {
            return Math.multiplyExact((long) rows * heads, (long) width * type.bytes());
        } catch (ArithmeticException e) {
            // No device has as much; the driver is not asked for a number it cannot be told.
            return Long.MAX_VALUE / 2;
        }
    }

    @Override
    public CacheView view() {
        requireOpen();
        return new CudaView(this);
    }

    @Override
    public MemoryUse memory() {
        try (var _ = lock.begin()) {
            requireOpen();
            return memoryNow();
        }
    }

    /** The same for the backend, which may ask just when the cache closes. */
    public MemoryUse memoryUnlessClosed() {
        try (var _ = lock.begin()) {
            return closed ? MemoryUse.NONE : memoryNow();
        }
    }

    private MemoryUse memoryNow() {
        device.enter();
        var step = open;
        long used = pools.usedSlots(staging);
        long backups = pools.backups.used() - (step == null ? 0 : step.unusedBackups());
        return new MemoryUse(
                used,
                step == null ? 0 : step.unusedReservation(used),
                backups,
                0,
                backups * spec.kvHeadsPerGroup(),
                memory.deviceBytes(),
                memory.hostBytes(),
                0);
    }

    @Override
    public void synchronize() {
        try (var _ = lock.begin()) {
            requireOpen();
            enter();
            streams.synchronize();
        }
    }

    /** Frees everything, even if the device is found lost, which is raised at the end. */
    @Override
    public void close() {
        try (var _ = lock.begin()) {
            if (closed) {
                return;
            }
            closed = true;
            var step = open;
            if (step != null) {
                step.abandon();
            }
            sequences.forEach(CudaSequence::markClosed);
            sequences.clear();
            try (streams;
                    memory;
                    queue) {
                if (!device.isLost()) {
                    device.enter();
                    streams.synchronize();
                }
            } finally {
                backend.forget(this);
            }
        }
    }

    public boolean isClosed() {
        return closed;
    }

    public void requireOpen() {
        if (closed) {
            throw new ClosedException("the cache is closed");
        }
    }

    private void requireIdle(String call) {
        requireOpen();
        if (open != null) {
            throw new CallOrderException(call + " is out of order: a step is open, commit or close it first");
        }
    }
}
