package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Tier;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The backup tiers of a cache: host memory first, disk for what it has no room for, and the thread that writes both. */
final class BackupStore implements AutoCloseable {
    /** One page to write; segments are resolved by the owner's thread, so the writer touches no pool. */
    private static final class Copy {
        final Backup backup;
        final MemorySegment source;
        final MemorySegment target;

        Copy(Backup backup, MemorySegment source, MemorySegment target) {
            this.backup = backup;
            this.source = source;
            this.target = target;
        }
    }

    private final long slotBytes;
    private final SlabPool host;
    private final @Nullable DiskTier disk;
    private final LinkedBlockingQueue<Copy> copies = new LinkedBlockingQueue<>();
    private final Copy end = new Copy(new Backup(Tier.NONE, 0, 0), MemorySegment.NULL, MemorySegment.NULL);
    private final Thread writer;
    private @Nullable Backup last;

    BackupStore(CacheSpec spec) {
        slotBytes = spec.slotBytes();
        var directory = spec.diskDirectory();
        disk = directory == null ? null : new DiskTier(directory, slotBytes, spec.diskSlots());
        host = new SlabPool(slotBytes, spec.hostSlots());
        writer = Thread.ofPlatform().daemon().name("arkvale-backup").start(this::write);
    }

    /** Slots left on all tiers. */
    long available() {
        return host.blocks.available() + (disk == null ? 0 : disk.available());
    }

    long usedHostSlots() {
        return host.blocks.used();
    }

    long usedDiskSlots() {
        return disk == null ? 0 : disk.used();
    }

    long hostBytes() {
        return host.bytes();
    }

    long diskBytes() {
        return disk == null ? 0 : disk.bytes();
    }

    /** Starts to back up a filled page that lies in a device slot, which must stay as it is until {@link Backup#await}. */
    Backup start(int slot, MemorySegment slab, long offset) {
        var source = slab.asSlice(offset, slotBytes);
        Backup backup;
        if (host.blocks.available() > 0 || disk == null) {
            backup = new Backup(Tier.HOST, host.take(), slot);
            var target = host.slab(backup.place).asSlice(host.offset(backup.place), slotBytes);
            copies.add(new Copy(backup, source, target));
        } else {
            backup = new Backup(Tier.DISK, disk.take(), slot);
            copies.add(new Copy(backup, source, MemorySegment.NULL));
        }
        last = backup;
        return backup;
    }

    /** Copies a backup's bytes, once it is written, to {@code target} from {@code offset}. */
    void read(Backup backup, MemorySegment target, long offset) throws IOException {
        backup.await();
        if (backup.tier == Tier.HOST) {
            MemorySegment.copy(host.slab(backup.place), host.offset(backup.place), target, offset, slotBytes);
        } else {
            diskTier().read(backup.place, target.asSlice(offset, slotBytes));
        }
    }

    /** Drops one sequence's reference; true if it was the last and the backup is gone. */
    boolean release(Backup backup) {
        if (--backup.references > 0) {
            return false;
        }
        // The slot of a copy in flight must not be handed out again while the writer fills it.
        awaitQuietly(backup);
        if (backup.tier == Tier.HOST) {
            host.blocks.release(backup.place);
        } else {
            diskTier().release(backup.place);
        }
        return true;
    }

    /** Returns when every copy started so far is done, well or badly; who needs a page sees its failure. */
    void synchronize() {
        if (last != null) {
            awaitQuietly(last);
        }
    }

    private static void awaitQuietly(Backup backup) {
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

    private void write() {
        try {
            for (var copy = copies.take(); copy != end; copy = copies.take()) {
                copy.backup.complete(write(copy));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("the backup thread is not to be interrupted", e);
        }
    }

    private @Nullable IOException write(Copy copy) {
        var backup = copy.backup;
        if (backup.tier == Tier.HOST) {
            copy.target.copyFrom(copy.source);
            return null;
        }
        try {
            diskTier().write(backup.place, copy.source);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    @Override
    public void close() {
        copies.add(end);
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        host.close();
        if (disk != null) {
            disk.close();
        }
    }
}
