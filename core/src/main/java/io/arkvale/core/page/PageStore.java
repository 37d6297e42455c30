package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.backup.Backup;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.TensorMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The pages of a cache: who has which slot, backup and digest, and the moves between device and backups. */
final class PageStore {
    final PageDevice<?> device;
    final BackupTiers backups;
    final SlotPool slots;
    private final CacheSpec spec;
    /** Blocks of digests; as many as there are pages that need one, which backups limit. */
    private final SlotPool digestBlocks = new SlotPool(Integer.MAX_VALUE - 8);

    /** Recalls that {@link #flush} brings. */
    private final List<MemorySegment> sources = new ArrayList<>();

    private int[] targets = new int[16];
    private final BackupTiers.Reads arrivals;

    PageStore(CacheSpec spec, PageDevice<? extends TensorMemory> device, BackupTiers backups) {
        this.spec = spec;
        this.device = device;
        this.backups = backups;
        slots = new SlotPool(Math.toIntExact(spec.deviceSlots()));
        arrivals = backups.reads();
    }

    LayerPages newLayer(SequenceSpec sequence, int layer) {
        var pages = new LayerPages();
        for (int group = 0; group < spec.headGroups(); group++) {
            pages.groups.add(new PageTable());
            if (sequence.isLimited(layer)) {
                pages.digests.add(new DigestList(sequence.digest(), digestBlocks, device));
            }
        }
        return pages;
    }

    LayerPages fork(LayerPages source) {
        for (var table : source.groups) {
            for (int page = 0; page < table.pages(); page++) {
                if (table.isResident(page)) {
                    slots.retain(table.slot(page));
                }
                var backup = table.backup(page);
                if (backup != null) {
                    backup.retain();
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
    void release(LayerPages layer) {
        for (var table : layer.groups) {
            while (table.pages() > 0) {
                removeLastPage(table);
            }
        }
        layer.digests.forEach(list -> list.resize(0));
    }

    /** Makes sure that the digests of the step's pages have room. */
    void reserveDigests(List<PagedMember> members) {
        Map<Digest.Shape, Integer> blocks = new EnumMap<>(Digest.Shape.class);
        for (var member : members) {
            for (var layer : member.sequence().layers) {
                for (var list : layer.digests) {
                    int needed = list.needed(member.filledAfter());
                    blocks.merge(member.settings().digest().shape(), needed, Math::addExact);
                }
            }
        }
        blocks.forEach(device::reserveDigests);
    }

    /** Opens the pages that a layer needs for {@code tokens} tokens; a last page that forks share is copied first. */
    void openPages(LayerPages layer, int tokens) {
        int pages = spec.pages(tokens);
        for (var table : layer.groups) {
            if (layer.tokens % spec.pageSize() != 0) {
                unshare(table, layer.tokens / spec.pageSize());
            }
            while (table.pages() < pages) {
                table.open(slots.take());
            }
        }
    }

    private void unshare(PageTable table, int page) {
        int shared = table.slot(page);
        if (slots.isShared(shared)) {
            int copy = slots.take();
            device.copy(shared, copy);
            slots.release(shared);
            table.replaceSlot(page, copy);
        }
    }

    /** Takes the last page of a table away, with its slot and backup. */
    void removeLastPage(PageTable table) {
        int page = table.pages() - 1;
        releaseSlot(table, page);
        releaseBackup(table, page);
        table.removeLast();
    }

    /** Starts the backup of a page that has just been filled; {@link BackupTiers#flush} is to follow. */
    void backUp(PageTable table, int page) {
        table.setBackup(page, backups.start(table.slot(page)));
    }

    /** Drops a page's backup, if it has one. */
    void releaseBackup(PageTable table, int page) {
        var backup = table.backup(page);
        if (backup != null) {
            table.setBackup(page, null);
            backups.release(backup);
        }
    }

    /**
     * Evicts a page once its backup is written.
     *
     * @throws IOException if the backup could not be written; the page stays
     */
    void evict(PageTable table, int page) throws IOException {
        table.requireBackup(page).await();
        releaseSlot(table, page);
        table.evict(page);
    }

    /**
     * Makes a page resident from its backup, once {@link #flush} is called, or by sharing the slot in which a fork holds it.
     *
     * @return whether bytes are to be copied
     * @throws IOException if the backup could not be read; the page stays evicted
     */
    boolean recall(PageTable table, int page) throws IOException {
        var backup = table.requireBackup(page);
        if (backup.slot() != Backup.NO_SLOT) {
            slots.retain(backup.slot());
            table.recall(page, backup.slot());
            return false;
        }
        var source = arrivals.read(backup);
        int slot = slots.take();
        int at = sources.size();
        if (at == targets.length) {
            targets = Arrays.copyOf(targets, 2 * at);
        }
        sources.add(source);
        targets[at] = slot;
        backup.setSlot(slot);
        table.recall(page, slot);
        return true;
    }

    /** Brings what was recalled since the last call. */
    void flush() {
        if (!sources.isEmpty()) {
            try {
                device.upload(sources, Arrays.copyOf(targets, sources.size()));
            } finally {
                dropArrivals();
            }
        }
    }

    /** Forgets what {@link #flush} would bring, and backups that have not been begun. */
    void dropPending() {
        backups.drop();
        dropArrivals();
    }

    private void dropArrivals() {
        sources.clear();
        arrivals.close();
    }

    private void releaseSlot(PageTable table, int page) {
        int slot = table.slot(page);
        if (slot < 0) {
            return;
        }
        var backup = table.backup(page);
        boolean freed = slots.release(slot);
        if (freed && backup != null) {
            backup.setSlot(Backup.NO_SLOT);
        }
    }

    MemoryUse memory(long reservedSlots, long tensorBytes) {
        long onHost = backups.usedHostSlots();
        long onDisk = backups.usedDiskSlots();
        long hostTensors = device.hasHostTensors() ? tensorBytes : 0;
        return new MemoryUse(
                slots.used(),
                reservedSlots,
                onHost,
                onDisk,
                (onHost + onDisk) * spec.kvHeadsPerGroup(),
                device.deviceBytes() + tensorBytes - hostTensors,
                backups.hostBytes() + device.hostBytes() + hostTensors,
                backups.diskBytes());
    }
}
