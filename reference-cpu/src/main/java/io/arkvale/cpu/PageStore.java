package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.PageTable;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** All memory of a cache's pages: device slots, backups and digests, and the moves between them. */
final class PageStore implements AutoCloseable {
    final SlotLayout layout;
    final SlabPool slots;
    final BackupStore backups;
    private final CacheSpec spec;
    private final Map<Digest.Shape, SlabPool> digestPools = new EnumMap<>(Digest.Shape.class);
    private long digestedGroupPages;

    PageStore(CacheSpec spec) {
        this.spec = spec;
        layout = SlotLayout.of(spec);
        // The disk directory is checked here, before any memory is taken.
        backups = new BackupStore(spec);
        slots = new SlabPool(spec.slotBytes(), spec.deviceSlots());
    }

    LayerPages newLayer(SequenceSpec sequence, int layer) {
        if (!sequence.isLimited(layer)) {
            return new LayerPages(spec.headGroups(), null);
        }
        var pool = digestPools.computeIfAbsent(
                sequence.digest().shape(),
                shape -> new SlabPool(DigestColumn.blockBytes(spec, sequence.digest()), Integer.MAX_VALUE));
        return new LayerPages(spec.headGroups(), new DigestColumn(pool, spec, sequence.digest()));
    }

    LayerPages fork(LayerPages source) {
        for (var group : source.groups) {
            for (int page = 0; page < group.pages(); page++) {
                if (group.isResident(page)) {
                    slots.blocks.retain(group.slot(page));
                }
                var backup = group.backup(page);
                if (backup != null) {
                    backup.references++;
                }
            }
        }
        return new LayerPages(source);
    }

    /** Gives back everything a layer of a sequence holds. */
    void release(LayerPages layer) {
        for (var group : layer.groups) {
            while (group.pages() > 0) {
                removeLastPage(group);
            }
        }
        if (layer.digests != null) {
            layer.digests.release();
        }
    }

    /** Takes the last page of a table away, with its slot and backup. */
    void removeLastPage(PageTable<Backup> group) {
        int page = group.pages() - 1;
        releaseSlot(group, page);
        releaseBackup(group, page);
        group.removeLast();
    }

    /** Starts the backup of a page that has just been filled. */
    void backUp(PageTable<Backup> group, int page) {
        int slot = group.slot(page);
        group.setBackup(page, backups.start(slot, slots.slab(slot), slots.offset(slot)));
        digestedGroupPages++;
    }

    /** Drops a page's backup, if it has one. */
    void releaseBackup(PageTable<Backup> group, int page) {
        var backup = group.backup(page);
        if (backup != null) {
            group.setBackup(page, null);
            if (backups.release(backup)) {
                digestedGroupPages--;
            }
        }
    }

    /**
     * Evicts a page once its backup is written.
     *
     * @throws IOException if the backup could not be written; the page stays
     */
    void evict(PageTable<Backup> group, int page) throws IOException {
        group.requireBackup(page).await();
        releaseSlot(group, page);
        group.evict(page);
    }

    /**
     * Makes a page resident from its backup, or by sharing the slot in which a fork holds it.
     *
     * @return bytes copied
     * @throws IOException if the backup could not be read; the page stays evicted
     */
    long recall(PageTable<Backup> group, int page) throws IOException {
        var backup = group.requireBackup(page);
        if (backup.slot != PageTable.NOT_RESIDENT) {
            slots.blocks.retain(backup.slot);
            group.recall(page, backup.slot);
            return 0;
        }
        int slot = slots.take();
        try {
            backups.read(backup, slots.slab(slot), slots.offset(slot));
        } catch (IOException e) {
            slots.blocks.release(slot);
            throw e;
        }
        backup.slot = slot;
        group.recall(page, slot);
        return layout.slotBytes();
    }

    /** Gives a sequence its own copy of a last page that it shares and is about to write to. */
    void unshare(PageTable<Backup> group, int page) {
        int shared = group.slot(page);
        if (slots.blocks.isShared(shared)) {
            int copy = slots.take();
            slots.slab(copy)
                    .asSlice(slots.offset(copy), layout.slotBytes())
                    .copyFrom(slots.slab(shared).asSlice(slots.offset(shared), layout.slotBytes()));
            slots.blocks.release(shared);
            group.replaceSlot(page, copy);
        }
    }

    private void releaseSlot(PageTable<Backup> group, int page) {
        int slot = group.slot(page);
        if (slot < 0) {
            return;
        }
        var backup = group.backup(page);
        boolean freed = slots.blocks.release(slot);
        if (freed && backup != null) {
            backup.slot = PageTable.NOT_RESIDENT;
        }
    }

    MemoryUse memory(long reservedSlots, long tensorBytes) {
        long digestBytes = 0;
        for (var pool : digestPools.values()) {
            digestBytes += pool.bytes();
        }
        return new MemoryUse(
                slots.blocks.used(),
                reservedSlots,
                backups.usedHostSlots(),
                backups.usedDiskSlots(),
                digestedGroupPages * spec.kvHeadsPerGroup(),
                slots.bytes() + digestBytes + tensorBytes,
                backups.hostBytes(),
                backups.diskBytes());
    }

    @Override
    public void close() {
        backups.close();
        slots.close();
        digestPools.values().forEach(SlabPool::close);
    }
}
