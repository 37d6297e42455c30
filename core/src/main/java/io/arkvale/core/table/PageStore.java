package io.arkvale.core.table;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.backup.Backup;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.SlotCopy;
import io.arkvale.spi.TensorMemory;
import io.arkvale.spi.WorkList;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The pages of a cache: who has which slot, backup and digest, and the moves between device and backups. */
public final class PageStore {
    public final PageDevice<?> device;
    public final BackupTiers backups;
    public final SlotPool slots;
    private final CacheSpec spec;
    /** Blocks of digests; as many as there are pages that need one, which backups limit. */
    private final SlotPool digestBlocks = new SlotPool(Integer.MAX_VALUE - 8);

    /** Recalls that {@link #flush} brings. */
    private final WorkList<SlotCopy> arriving = new WorkList<>(SlotCopy::new);

    private final BackupTiers.Reads arrivals;
    /** Digests of group pages, each kind of a page once. */
    private long digestedPages;

    private final SlotLinks links = new SlotLinks();

    public PageStore(CacheSpec spec, PageDevice<? extends TensorMemory> device, BackupTiers backups) {
        this.spec = spec;
        this.device = device;
        this.backups = backups;
        slots = new SlotPool(Math.toIntExact(spec.deviceSlots()));
        arrivals = backups.reads();
    }

    public LayerPages newLayer(SequenceSpec sequence, boolean isLimited) {
        var pages = new LayerPages();
        for (int group = 0; group < spec.headGroups(); group++) {
            pages.groups.add(new PageTable(isLimited ? sequence.digest() : null));
            if (isLimited) {
                pages.digests.add(new DigestList(sequence.digest(), digestBlocks, device));
            }
        }
        return pages;
    }

    public LayerPages fork(LayerPages source) {
        for (var table : source.groups) {
            for (int page = 0; page < table.pages(); page++) {
                if (table.isResident(page)) {
                    slots.retain(table.slot(page));
                }
                var backup = table.backup(page);
                if (backup != null) {
                    retain(backup, table);
                }
            }
        }
        var fork = new LayerPages();
        fork.tokens = source.tokens;
        source.groups.forEach(table -> fork.groups.add(new PageTable(table)));
        source.digests.forEach(list -> fork.digests.add(new DigestList(list)));
        return fork;
    }

    /** Gives back everything a layer of a sequence holds. */
    public void release(LayerPages layer) {
        for (var table : layer.groups) {
            while (table.pages() > 0) {
                removeLastPage(table);
            }
        }
        layer.digests.forEach(list -> list.resize(0));
    }

    /** Opens the pages that a layer needs for {@code tokens} tokens; a last page that forks share is copied first. */
    public void openPages(LayerPages layer, int tokens) {
        int pages = spec.pages(tokens);
        for (int group = 0; group < layer.groups.size(); group++) {
            var table = layer.groups.get(group);
            if (layer.tokens % spec.pageSize() != 0) {
                writable(table, layer.tokens / spec.pageSize());
            }
            while (table.pages() < pages) {
                table.open(slots.take());
            }
        }
    }

    /** Makes a page's slot its own, and no backup's, before rows are added to it. */
    private void writable(PageTable table, int page) {
        int shared = table.slot(page);
        if (!slots.isShared(shared)) {
            links.unlink(shared);
        } else {
            int copy = copyOf(shared);
            slots.release(shared);
            table.replaceSlot(page, copy);
        }
    }

    /** A slot of its own with the bytes of another. */
    public int copyOf(int slot) {
        int copy = slots.take();
        device.copy(slot, copy);
        return copy;
    }

    /** Takes the last page of a table away, with its slot and backup. */
    public void removeLastPage(PageTable table) {
        int page = table.pages() - 1;
        releaseSlot(table, page);
        releaseBackup(table, page);
        table.removeLast();
    }

    /**
     * Gives a full page its backup: the one that another sequence has of it, or a new one, which {@link BackupTiers#flush} is to
     * write.
     */
    public void backUp(PageTable table, int page) {
        int slot = table.slot(page);
        var backup = links.backup(slot);
        if (backup == null) {
            backup = backups.start(slot);
            links.link(slot, backup);
        }
        retain(backup, table);
        table.setBackup(page, backup);
    }

    /** Whether another sequence has a backup of the page in a slot. */
    public boolean isBackedUp(int slot) {
        return links.backup(slot) != null;
    }

    /** A table refers to a backup, and has a digest of its page. */
    public void retain(Backup backup, PageTable table) {
        digestedPages += backup.retain(table.digest()) ? 1 : 0;
    }

    /**
     * A page that tokens will be added to is shared with no sequence that comes to need it later: what a copy of it takes was
     * reserved when the step opened.
     */
    public void unlinkLastPage(LayerPages layer) {
        if (layer.tokens % spec.pageSize() == 0) {
            return;
        }
        for (int group = 0; group < layer.groups.size(); group++) {
            var table = layer.groups.get(group);
            int slot = table.slot(table.pages() - 1);
            if (!slots.isShared(slot)) {
                links.unlink(slot);
            }
        }
    }

    /** Drops a page's backup, if it has one. */
    public void releaseBackup(PageTable table, int page) {
        var backup = table.backup(page);
        if (backup != null) {
            table.setBackup(page, null);
            BackupTiers.awaitQuietly(backup);
            digestedPages -= backup.drop(table.digest()) ? 1 : 0;
            if (backup.isUnused()) {
                backups.free(backup);
            }
        }
    }

    /**
     * Evicts a page once its backup is written.
     *
     * @throws IOException if the backup could not be written; the page stays
     */
    public void evict(PageTable table, int page) throws IOException {
        table.requireBackup(page).await();
        releaseSlot(table, page);
        table.evict(page);
    }

    /** Gives up pages of a layer that have left its window for good. */
    public void giveUp(LayerPages layer, int from, int end) {
        for (var table : layer.groups) {
            for (int page = from; page < end; page++) {
                releaseSlot(table, page);
                table.evict(page);
            }
        }
    }

    /**
     * Makes a page resident from its backup, once {@link #flush} is called, or by sharing the slot in which a fork holds it.
     *
     * @return whether bytes are to be copied
     * @throws IOException if the backup could not be read; the page stays evicted
     */
    public boolean recall(PageTable table, int page) throws IOException {
        var backup = table.requireBackup(page);
        boolean shares = canShare(backup, false);
        table.recall(page, shares ? share(backup) : fill(backup));
        return !shares;
    }

    /**
     * Whether a slot holds the page of a backup and may be shared: beside an open step only if it is shared already, since the
     * step counts on what its members hold alone.
     */
    public boolean canShare(Backup backup, boolean besideStep) {
        return backup.slot() != Backup.NO_SLOT && (!besideStep || slots.isShared(backup.slot()));
    }

    /** The slot that holds the page of a backup for another sequence, and now for one more. */
    public int share(Backup backup) {
        slots.retain(backup.slot());
        return backup.slot();
    }

    /** Takes a slot that {@link #flush} fills with the bytes of a backup, and that other sequences may share. */
    public int fill(MemorySegment bytes, Backup backup) {
        int slot = fill(bytes);
        links.link(slot, backup);
        return slot;
    }

    /**
     * The bytes of a backup, until the next {@link #flush}.
     *
     * @throws IOException if it could not be written or cannot be read
     */
    public MemorySegment read(Backup backup) throws IOException {
        return arrivals.read(backup);
    }

    /** Takes a slot that {@link #flush} fills with a page's bytes. */
    public int fill(MemorySegment source) {
        int slot = slots.take();
        arriving.next().set(slot, source, 0);
        return slot;
    }

    private int fill(Backup backup) throws IOException {
        arrivals.prepare(backup);
        int slot = slots.take();
        arriving.next().set(slot, arrivals.memory(), arrivals.at());
        links.link(slot, backup);
        return slot;
    }

    /** Brings what was recalled since the last call. */
    public void flush() {
        try {
            flushKeeping();
        } finally {
            dropArrivals();
        }
    }

    /** As {@link #flush}, but what was read stays readable until then. */
    public void flushKeeping() {
        if (!arriving.isEmpty()) {
            device.upload(arriving);
            arriving.clear();
        }
    }

    /** Forgets what {@link #flush} would bring, and backups that have not been begun. */
    public void dropPending() {
        backups.drop();
        dropArrivals();
    }

    private void dropArrivals() {
        arriving.clear();
        arrivals.close();
    }

    private void releaseSlot(PageTable table, int page) {
        int slot = table.slot(page);
        if (slot >= 0 && slots.release(slot)) {
            links.unlink(slot);
        }
    }

    public MemoryUse memory(long reservedSlots, long tensorBytes) {
        long onHost = backups.usedHostSlots();
        long onDisk = backups.usedDiskSlots();
        long hostTensors = device.hasHostTensors() ? tensorBytes : 0;
        return new MemoryUse(
                slots.used(),
                reservedSlots,
                onHost,
                onDisk,
                digestedPages * spec.kvHeadsPerGroup(),
                device.deviceBytes() + tensorBytes - hostTensors,
                backups.hostBytes() + device.hostBytes() + hostTensors,
                backups.diskBytes());
    }
}
