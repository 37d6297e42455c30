package io.arkvale.core.page;

import io.arkvale.api.BackupException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.CapacityException;
import io.arkvale.api.Digest;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CacheBackend;
import io.arkvale.core.CheckedCache;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.step.CheckedStep;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepWork;
import io.arkvale.core.table.PageStore;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.TensorMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cache whose page tables are kept on the host, over a {@link PageDevice}.
 *
 * @param <M> the memory of its tensors
 */
@SuppressWarnings("exports") // its sequences are its own business
public final class PagedCache<M extends TensorMemory> extends CheckedCache<PagedSequence, M> {
    /** Makes the device of one cache, with all its memory. */
    @FunctionalInterface
    public interface DeviceFactory<M extends TensorMemory> {
        /**
         * A device, owned by the cache.
         *
         * @throws CapacityException if there is not so much memory
         */
        PageDevice<M> open(CacheSpec spec);
    }

    private final PageDevice<M> device;
    private final BackupTiers backups;
    private final PageStore store;
    private final StepScratch<M> scratch;
    private final PagedStep<M> work;
    private final List<PagedMember> opening = new ArrayList<>();
    private final Reservation reservation;

    /** One slot as a view reads it; made for the first view. */
    private @Nullable HostMemory viewed;

    private PagedCache(CacheBackend backend, CacheSpec spec, PageDevice<M> device, BackupTiers backups) {
        super(backend, spec, PagedSequence.class);
        this.device = device;
        this.backups = backups;
        store = new PageStore(spec, device, backups);
        scratch = new StepScratch<>(device, spec.headGroups());
        work = new PagedStep<>(spec, store, device, scratch);
        reservation = new Reservation(spec, store.slots);
    }

    /**
     * Opens a cache: takes the memory of its slots and of its backups.
     *
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     * @throws io.arkvale.api.InvalidArgumentException if the disk directory does not exist or cannot be written
     */
    public static <M extends TensorMemory> PagedCache<M> open(
            CacheBackend backend, CacheSpec spec, DeviceFactory<M> factory) {
        int most = Integer.MAX_VALUE - 8; // tables name slots by ints
        if (spec.deviceSlots() > most) {
            throw new CapacityException("device slots", spec.deviceSlots(), most);
        }
        var device = factory.open(spec);
        BackupTiers backups = null;
        try {
            backups = new BackupTiers(spec, device);
            return new PagedCache<>(backend, spec, device, backups);
        } finally {
            if (backups == null) {
                device.close();
            }
        }
    }

    @Override
    public long slotBytes() {
        return device.storage().slotBytes();
    }

    @Override
    protected PagedSequence doBegin(SequenceSpec settings) {
        var sequence = new PagedSequence(this, settings);
        for (int layer = 0; layer < spec().layers(); layer++) {
            sequence.layers.add(store.newLayer(settings, sequence.residence().isLimited(layer)));
        }
        return sequence;
    }

    @Override
    protected PagedSequence doFork(PagedSequence source) {
        var fork = new PagedSequence(this, source.spec());
        source.layers.forEach(layer -> fork.layers.add(store.fork(layer)));
        return fork;
    }

    @Override
    protected PagedSequence doFork(PagedSequence source, int length, SequenceSpec settings) {
        var step = openStep();
        var fork = doBegin(settings);
        var work = new SettingsFork(spec(), store, device, source, length, fork, step != null);
        requireFree("device slots", work.slotsNeeded(), freeSlots(step));
        requireFree("host and disk slots", work.backupsNeeded(), freeBackups(step));
        var form = settings.digest().form();
        int ofStep = step == null ? 0 : digestBlocks(step.members(), form);
        device.reserveDigests(form, Math.addExact(ofStep, work.digestBlocks()));
        beside(step, work::fill, "the fork cannot get its pages", source);
        return fork;
    }

    @Override
    protected void requireRoomToTruncate(PagedSequence sequence, int length) {
        requireFree("device slots", truncation(sequence, length).slotsNeeded(), freeSlots(openStep()));
    }

    @Override
    protected void doTruncate(PagedSequence sequence, int length) {
        beside(openStep(), truncation(sequence, length)::run, "a page cannot come back", sequence);
    }

    private Truncation truncation(PagedSequence sequence, int length) {
        return new Truncation(spec(), store, sequence, length, openStep() != null);
    }

    private @Nullable PagedStep<M> openStep() {
        return (PagedStep<M>) openWork();
    }

    /** Slots that calls beside a step may take. */
    private long freeSlots(@Nullable PagedStep<M> step) {
        return store.slots.available() - (step == null ? 0 : step.unusedReservation());
    }

    private long freeBackups(@Nullable PagedStep<M> step) {
        return backups.available() - (step == null ? 0 : step.unusedBackups());
    }

    /** Makes sure that the digests of a step's pages have room, form by form. */
    private void reserveDigests(List<PagedMember> members) {
        for (int i = 0; i < members.size(); i++) {
            var form = members.get(i).settings().digest().form();
            if (isFirstOf(form, members, i)) {
                device.reserveDigests(form, digestBlocks(members, form));
            }
        }
    }

    private static boolean isFirstOf(Digest.Form form, List<PagedMember> members, int index) {
        for (int i = 0; i < index; i++) {
            if (members.get(i).settings().digest().form().equals(form)) {
                return false;
            }
        }
        return true;
    }

    /** Blocks of digests of a form that members need beyond those that they have. */
    private int digestBlocks(List<PagedMember> members, Digest.Form form) {
        int blocks = 0;
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            if (member.settings().digest().form().equals(form)) {
                for (int layer = 0; layer < spec().layers(); layer++) {
                    var lists = member.layer(layer).digests;
                    for (int group = 0; group < lists.size(); group++) {
                        blocks = Math.addExact(blocks, lists.get(group).needed(member.filledAfter()));
                    }
                }
            }
        }
        return blocks;
    }

    private static void requireFree(String pool, long needed, long free) {
        if (needed > free) {
            throw new CapacityException(pool, needed, free);
        }
    }

    /** Part of a call beside an open step, or without one. */
    @FunctionalInterface
    private interface Part {
        void run() throws IOException;
    }

    private void beside(@Nullable PagedStep<M> step, Part part, String failure, PagedSequence sequence) {
        int before = store.slots.used();
        try {
            part.run();
        } catch (IOException e) {
            throw new BackupException(failure + ": " + e.getMessage(), List.of(sequence), e);
        } finally {
            if (step != null) {
                step.othersTook(store.slots.used() - before);
            }
        }
    }

    @Override
    protected StepMember<PagedSequence> doMember(PagedSequence sequence, int index, int firstRow, Batch.Entry entry) {
        var member = sequence.member(spec());
        member.join(index, firstRow, entry);
        return member;
    }

    @Override
    protected StepWork<M> doReserve(List<? extends StepMember<PagedSequence>> members) {
        opening.clear();
        boolean decodes = true;
        for (int i = 0; i < members.size(); i++) {
            var member = (PagedMember) members.get(i);
            opening.add(member);
            decodes &= member.role() == Batch.Role.BY_CALL && member.tokens() == 1;
        }
        long reserved = reservation.reserve(sequences(), opening, backups.available());
        reserveDigests(opening);
        if (decodes) {
            scratch.reserve(StepMember.mostScores(opening, spec().layers()));
        }
        work.open(opening, reserved);
        return work;
    }

    @Override
    protected void doRelease(PagedSequence sequence) {
        beside(openStep(), () -> sequence.layers.forEach(store::release), "the sequence cannot be closed", sequence);
    }

    @Override
    protected M doAllocate(long bytes, long rowBytes) {
        return device.allocate(bytes, rowBytes);
    }

    @Override
    protected M doWrap(MemorySegment memory, long rowStride) {
        return device.wrap(memory, rowStride);
    }

    @Override
    protected CacheView doView() {
        if (viewed == null) {
            var storage = device.storage();
            viewed = new HostMemory(storage.slotBytes() + storage.readBeyond());
        }
        return new PagedView(this, device, backups, viewed.segment());
    }

    @Override
    protected MemoryUse doMemory(@Nullable CheckedStep<M> step) {
        long tensorBytes = tensors().bytes() + scratch.bytes();
        return store.memory(step == null ? 0 : step.unusedReservation(), tensorBytes);
    }

    @Override
    protected void doSynchronize() {
        backups.synchronize();
        device.synchronize();
    }

    @Override
    protected void doClose() {
        try {
            backups.close();
        } finally {
            try {
                scratch.close();
                if (viewed != null) {
                    viewed.close();
                }
            } finally {
                device.close();
            }
        }
    }
}
