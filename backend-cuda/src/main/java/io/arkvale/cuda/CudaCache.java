package io.arkvale.cuda;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.CapacityException;
import io.arkvale.api.DeviceQueue;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CheckedCache;
import io.arkvale.core.step.CheckedStep;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepWork;
import io.arkvale.cuda.driver.Device;
import io.arkvale.cuda.driver.Downloads;
import io.arkvale.cuda.driver.Kernels.Kernel;
import io.arkvale.cuda.driver.LaunchQueue;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.driver.Staging;
import io.arkvale.cuda.driver.Streams;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.step.CudaStep;
import io.arkvale.cuda.step.Member;
import io.arkvale.cuda.step.Reservation;
import io.arkvale.cuda.step.Splits;
import io.arkvale.cuda.step.StepMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A cache: its queues, its memory, its pools, and the tables of its sequences. */
public final class CudaCache extends CheckedCache<CudaSequence, CudaMemory> {
    public final Device device;
    public final boolean immediateChecks;
    public final boolean timed;
    public final Memory memory;
    public final Streams streams;
    public final Staging staging;
    public final Downloads downloads;
    public final Pools pools;
    public final DigestPools digests;
    public final Backups backups;
    public final StepMemory stepMemory;
    public final LaunchQueue queue;

    /** How decode attention is split. */
    public final Splits splits;

    /** A long on the device, for {@link #count}. */
    private final Memory.OnDevice counter;

    /** Takes tokens back. */
    public final Truncation truncation;

    private final SequenceTables tables;
    private boolean forked;

    public CudaCache(
            CudaBackend backend, CacheSpec spec, Device device, Map<KernelName, Kernel> kernels, CudaOptions options) {
        super(backend, spec, CudaSequence.class);
        this.device = device;
        immediateChecks = options.immediateChecks();
        timed = options.timedParts();
        splits = Splits.of(options.store());
        memory = new Memory(device);
        streams = new Streams(device, spec.layers());
        queue = new LaunchQueue(device, streams, kernels);
        try {
            downloads = new Downloads(device, memory, streams);
            staging = new Staging(device, memory, streams);
            pools = new Pools(new SlotLayout(spec, options.store()), memory);
            digests = new DigestPools(spec, memory);
            backups = new Backups(spec, digests);
            counter = memory.allocate(Long.BYTES);
            stepMemory = new StepMemory(this);
            tables = new SequenceTables(this);
            truncation = new Truncation(this);
            pools.clear(streams, staging, queue);
        } catch (RuntimeException e) {
            try (streams;
                    memory) {
                throw e;
            }
        }
    }

    @Override
    public long slotBytes() {
        return pools.layout.slotBytes();
    }

    @Override
    protected void enter() {
        device.enter();
    }

    @Override
    protected CudaSequence doBegin(SequenceSpec settings) {
        requireDigests(settings);
        return tables.begin(settings);
    }

    private void requireDigests(SequenceSpec settings) {
        if (settings.isLimited()) {
            digests.require(settings.digest(), streams);
        }
    }

    @Override
    protected CudaSequence doFork(CudaSequence source) {
        forked = true;
        return tables.fork(source);
    }

    @Override
    protected CudaSequence doFork(CudaSequence source, int length, SequenceSpec settings) {
        requireDigests(settings);
        var fork = tables.begin(settings, spec().pages(length), source);
        boolean isFilled = false;
        try {
            var work = new SettingsFork(this, source, length, fork, openWork() != null);
            requireFree("device slots", work.slotsNeeded(), freeSlots());
            requireFree("host slots", work.backupsNeeded(), backups.available());
            forked = true;
            beside(work::fill);
            isFilled = true;
            return fork;
        } finally {
            if (!isFilled) {
                tables.free(fork);
            }
        }
    }

    @Override
    protected void requireRoomToTruncate(CudaSequence sequence, int length) {
        requireFree("device slots", truncation.slotsNeeded(sequence, length, openWork() != null), freeSlots());
    }

    @Override
    protected void doTruncate(CudaSequence sequence, int length) {
        boolean besideStep = openWork() != null;
        beside(() -> truncation.run(sequence, length, besideStep));
    }

    /** What compute is given from now on reads backups that are written, and shares what prefetches of a step bring. */
    void settle() {
        streams.awaitBackups();
        streams.awaitAhead();
    }

    /**
     * What a kernel counts. Waits for the device.
     *
     * @param launch queues the kernel, which adds to the long at the address that it is given
     */
    long count(LongConsumer launch) {
        settle();
        streams.fill(counter.address, 0, Long.BYTES);
        launch.accept(counter.value());
        return staging.download(counter.address, Long.BYTES).get(ValueLayout.JAVA_LONG, 0);
    }

    /** Slots that calls beside a step, or without one, may take. */
    private long freeSlots() {
        var step = (CudaStep) openWork();
        return pools.deviceSlots - pools.usedSlots(staging) - (step == null ? 0 : step.unusedReservation());
    }

    private static void requireFree(String pool, long needed, long free) {
        if (needed > free) {
            throw new CapacityException(pool, needed, free);
        }
    }

    /** Tells an open step what a call beside it took or gave. */
    private void beside(Runnable call) {
        var step = (CudaStep) openWork();
        long used = step == null ? 0 : pools.usedSlots(staging);
        call.run();
        if (step != null) {
            step.othersGave(used - pools.usedSlots(staging));
        }
    }

    /** A step of a sequence has been committed at a length. */
    public void leaveWindows(CudaSequence sequence, int length) {
        tables.leaveWindows(sequence, length);
    }

    /** Whether sequences may share pages. */
    public boolean isForked() {
        return forked;
    }

    @Override
    protected StepMember<CudaSequence> doMember(CudaSequence sequence, int index, int firstRow, Batch.Entry entry) {
        return new Member(sequence, spec(), splits, index, firstRow, entry);
    }

    @Override
    protected StepWork<CudaMemory> doReserve(List<? extends StepMember<CudaSequence>> members) {
        var own = members.stream().map(Member.class::cast).toList();
        var reserved = new Reservation(spec(), backups).reserve(sequences(), own, () -> pools.usedSlots(staging));
        for (var member : own) {
            tables.makeRoom(member.sequence(), member.pagesAfter());
        }
        stepMemory.reserve(own);
        return new CudaStep(this, own, reserved);
    }

    @Override
    protected void doRelease(CudaSequence sequence) {
        beside(() -> tables.release(sequence));
    }

    @Override
    protected CudaMemory doAllocate(long bytes, long rowBytes) {
        device.enter();
        // No device has half of what a long can count; the driver is not asked for more, which it may round up.
        var block = memory.allocate(Math.min(bytes, Long.MAX_VALUE / 2));
        streams.fill(block.address, 0, block.bytes);
        return new CudaMemory(this, block, rowBytes);
    }

    @Override
    protected CudaMemory doWrap(MemorySegment memory, long rowStride) {
        return new CudaMemory(this, memory, rowStride);
    }

    @Override
    protected DeviceQueue doQueue() {
        return new CudaQueue(this);
    }

    /** A call of its queue. */
    void ordered(Runnable call) {
        read(() -> {
            call.run();
            return true;
        });
    }

    @Override
    protected CacheView doView() {
        return new CudaView(this);
    }

    @Override
    protected MemoryUse doMemory(@Nullable CheckedStep<CudaMemory> step) {
        long unused = step == null ? 0 : unusedBackups(step);
        return new MemoryUse(
                pools.usedSlots(staging),
                step == null ? 0 : step.unusedReservation(),
                backups.used() - unused,
                0,
                (digests.used() - unused) * spec().kvHeadsPerGroup(),
                memory.deviceBytes(),
                memory.hostBytes(),
                0);
    }

    /** Backup slots taken for pages that have not been filled yet. */
    private long unusedBackups(CheckedStep<CudaMemory> step) {
        long unused = 0;
        for (var member : step.members()) {
            for (int layer = 0; layer < spec().layers(); layer++) {
                if (member.residence().isLimited(layer)) {
                    int tokens = member.lengthBefore() + step.stored(layer, member.index());
                    unused += member.filledAfter() - tokens / spec().pageSize();
                }
            }
        }
        return unused * spec().headGroups();
    }

    @Override
    protected void doSynchronize() {
        streams.synchronize();
    }

    /** Frees everything, even if the device is found lost, which is raised at the end. */
    @Override
    protected void doClose() {
        try (streams;
                memory) {
            if (!device.isLost()) {
                device.enter();
                streams.synchronize();
            }
        }
    }
}
