package io.arkvale.core.backup;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.Tier;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.SlotCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backup tiers of a cache: host memory first, disk for what it has no room for. Copies are made at once, or by a
 * {@link BackupWriter} while later calls go on where the device allows that.
 */
public final class BackupTiers implements AutoCloseable {
    private final PageDevice<?> device;
    private final long slotBytes;
    private final int readBeyond;
    private final HostPool host;
    private final @Nullable DiskTier disk;
    private final @Nullable BackupWriter writer;
    private final Arena arena = Arena.ofShared();

    /** A slot's worth of memory between device and disk, used by the one thread that copies. */
    private final MemorySegment staging;

    private final List<Copy> pending = new ArrayList<>();
    private @Nullable Backup last;

    /** A copy to be made, from a device slot. */
    private record Copy(Backup backup, int slot) {}

    /**
     * Takes the memory of the host tier, and makes the file of the disk tier.
     *
     * @throws CapacityException if there is not so much memory
     * @throws io.arkvale.api.InvalidArgumentException if the disk directory does not exist or cannot be written
     */
    public BackupTiers(CacheSpec spec, PageDevice<?> device) {
        this.device = device;
        var storage = device.storage();
        slotBytes = storage.slotBytes();
        readBeyond = storage.readBeyond();
        requireCountable("host slots", spec.hostSlots());
        requireCountable("disk slots", spec.diskSlots());
        var directory = spec.diskDirectory();
        disk = directory == null ? null : new DiskTier(directory, slotBytes, spec.diskSlots());
        try {
            host = new HostPool(slotBytes, readBeyond, spec.hostSlots());
        } catch (CapacityException e) {
            closeDisk();
            throw e;
        }
        staging = disk == null ? MemorySegment.NULL : arena.allocate(slotBytes, Long.BYTES);
        writer = storage.copiesInBackground() ? new BackupWriter(this::copy) : null;
    }

    /** Tables name slots by ints; as many as do not fit one would need more memory than there is. */
    private static void requireCountable(String pool, long slots) {
        int most = Integer.MAX_VALUE - 8;
        if (slots > most) {
            throw new CapacityException(pool, slots, most);
        }
    }

    /** Slots left on all tiers. */
    public long available() {
        return host.slots.available() + (long) (disk == null ? 0 : disk.slots.available());
    }

    /** Backups in host memory. */
    public long usedHostSlots() {
        return host.slots.used();
    }

    /** Backups on disk. */
    public long usedDiskSlots() {
        return disk == null ? 0 : disk.slots.used();
    }

    /** Bytes of host memory. */
    public long hostBytes() {
        return host.bytes() + staging.byteSize();
    }

    /** Bytes of the file. */
    public long diskBytes() {
        return disk == null ? 0 : disk.bytes();
    }

    /**
     * Starts to back up a filled page that lies in a device slot, which must stay as it is until {@link Backup#await}.
     * {@link #flush} is to follow.
     */
    public Backup start(int slot) {
        boolean toDisk = host.slots.available() == 0 && disk != null;
        var backup = toDisk ? new Backup(Tier.DISK, diskTier().slots.take()) : new Backup(Tier.HOST, host.slots.take());
        if (writer != null) {
            writer.add(backup, slot);
        } else {
            pending.add(new Copy(backup, slot));
        }
        last = backup;
        return backup;
    }

    /** Makes the copies that nobody makes in the background, those to host memory together. */
    public void flush() {
        if (pending.isEmpty()) {
            return;
        }
        try {
            var toHost = pending.stream()
                    .filter(copy -> copy.backup().tier() == Tier.HOST)
                    .toList();
            device.download(toHost.stream()
                    .map(copy -> copy(copy.slot(), host.memory(), host.at(copy.backup().place)))
                    .toList());
            toHost.forEach(copy -> copy.backup().complete(null));
            for (var copy : pending) {
                if (copy.backup().tier() == Tier.DISK) {
                    copy.backup().complete(copy(copy.backup(), copy.slot()));
                }
            }
            pending.clear();
        } finally {
            drop();
        }
    }

    /** Gives up copies that have not been made; who waits for one is told. */
    public void drop() {
        pending.forEach(copy -> copy.backup().complete(new IOException("the copy was given up")));
        pending.clear();
    }

    private static SlotCopy copy(int slot, MemorySegment memory, long at) {
        var copy = new SlotCopy();
        copy.set(slot, memory, at);
        return copy;
    }

    private @Nullable IOException copy(Backup backup, int slot) {
        try {
            var copy = backup.tier() == Tier.HOST
                    ? copy(slot, host.memory(), host.at(backup.place))
                    : copy(slot, staging, 0);
            device.download(List.of(copy));
            if (backup.tier() == Tier.DISK) {
                diskTier().write(backup.place, staging);
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** Reads backups; what is on disk comes to memory that stays until {@link Reads#close}. */
    public final class Reads implements AutoCloseable {
        private final List<HostMemory> fromDisk = new ArrayList<>();
        private MemorySegment memory = MemorySegment.NULL;
        private long at;

        private Reads() {}

        /**
         * Makes a backup readable in host memory, once it is written: {@link #memory} and {@link #at} say where.
         *
         * @throws IOException if it could not be written or cannot be read
         */
        public void prepare(Backup backup) throws IOException {
            backup.await();
            if (backup.tier() == Tier.HOST) {
                memory = host.memory();
                at = host.at(backup.place);
            } else {
                memory = fromDisk(backup);
                at = 0;
            }
        }

        private MemorySegment fromDisk(Backup backup) throws IOException {
            try {
                var memory = new HostMemory(slotBytes + readBeyond);
                fromDisk.add(memory);
                diskTier().read(backup.place, memory.segment());
                return memory.segment();
            } catch (CapacityException e) {
                throw new IOException("there is no memory to read it to: " + e.getMessage(), e);
            }
        }

        /** Where the backup made readable last lies, readable for {@link io.arkvale.spi.Storage#readBeyond} bytes beyond the slot. */
        public MemorySegment memory() {
            return memory;
        }

        /** Where in {@link #memory} it begins. */
        public long at() {
            return at;
        }

        /**
         * The bytes of a backup, from the first on; see {@link #prepare}.
         *
         * @throws IOException if it could not be written or cannot be read
         */
        public MemorySegment read(Backup backup) throws IOException {
            prepare(backup);
            return memory.asSlice(at);
        }

        /** Frees what was read, for the next reads. */
        @Override
        public void close() {
            fromDisk.forEach(HostMemory::close);
            fromDisk.clear();
        }
    }

    /** Reads that belong to the caller. */
    public Reads reads() {
        return new Reads();
    }

    /** Frees the place of a backup that no sequence refers to. */
    public void free(Backup backup) {
        if (backup.tier() == Tier.HOST) {
            host.slots.release(backup.place);
        } else {
            diskTier().slots.release(backup.place);
        }
    }

    /** Returns when every copy started so far is done, well or badly; who needs a page sees its failure. */
    public void synchronize() {
        if (last != null) {
            awaitQuietly(last);
        }
    }

    /** Returns when the copy is done, well or badly: then the page's slot and the backup's place may be used anew. */
    public static void awaitQuietly(Backup backup) {
        try {
            backup.await();
        } catch (IOException e) {
            // Whoever recalls or evicts the page is told; to wait is all that is asked here.
            return;
        }
    }

    private DiskTier diskTier() {
        if (disk == null) {
            throw new IllegalStateException("a backup claims to be on disk, but the cache has no disk tier");
        }
        return disk;
    }

    /** Ends the copies under way and frees everything, whatever fails. */
    @Override
    public void close() {
        try {
            if (writer != null) {
                writer.close();
            }
        } finally {
            try {
                host.close();
                arena.close();
            } finally {
                closeDisk();
            }
        }
    }

    private void closeDisk() {
        try {
            if (disk != null) {
                disk.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the file of the disk tier cannot be closed: " + e.getMessage(), e);
        }
    }
}
