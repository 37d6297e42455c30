package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.support.PageTable;
import io.arkvale.api.support.SlotPool;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** All memory of a cache's pages: device slots, backups and digests, and the moves between them. */
final class PageStore implements AutoCloseable {
    final Shape shape;
    final SlotPool slots;
    final HostPool host;
    final Transfers transfers;
    private final ReadAhead readAhead;
    private final CacheSpec spec;
    private final Region region;
    private final int digestsAt;
    /** Backups whose bytes are still to be fetched from the device. */
    private final List<Backup> unwritten = new ArrayList<>();

    PageStore(CacheSpec spec, Region region) {
        this.spec = spec;
        this.region = region;
        shape = Shape.of(spec);
        slots = new SlotPool((int) spec.deviceSlots());
        host = new HostPool(spec.slotBytes(), (int) spec.hostSlots());
        transfers = new Transfers(region.engine(), shape);
        readAhead = new ReadAhead(region, transfers);
        digestsAt = slotAt(slots.available() + GuestSlots.KEPT);
    }

    /** Where a device slot begins. */
    int slotAt(int slot) {
        return region.start() + slot * shape.slotElements();
    }

    /** A slot beyond the pool. */
    int keptSlot(int number) {
        return (int) spec.deviceSlots() + number;
    }

    /** Will bring a page to a slot, without making it resident. */
    void bring(Backup backup, int slot) {
        transfers.upload(host.memory(backup.place), slotAt(slot));
    }

    /** Where the digests of a backed-up group page begin, one a KV head of the group. */
    int digestAt(Backup backup) {
        return digestsAt + backup.place * shape.groupHeads() * shape.digestElements();
    }

    LayerPages newLayer(SequenceSpec sequence, int layer) {
        return new LayerPages(spec.headGroups(), sequence.isLimited(layer));
    }

    LayerPages fork(LayerPages source) {
        for (var group : source.groups) {
            for (int page = 0; page < group.pages(); page++) {
                if (group.isResident(page)) {
                    slots.retain(group.slot(page));
                }
                var backup = group.backup(page);
                if (backup != null) {
                    host.slots.retain(backup.place);
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
    }

    /** Takes the last page of a table away, with its slot and backup. */
    void removeLastPage(PageTable<Backup> group) {
        int page = group.pages() - 1;
        releaseSlot(group, page);
        releaseBackup(group, page);
        group.removeLast();
    }

    /** Makes a place for the backup and the digest of a page that is about to be filled. */
    Backup newBackup(PageTable<Backup> group, int page) {
        var backup = new Backup(host.take(), group.slot(page));
        group.setBackup(page, backup);
        unwritten.add(backup);
        return backup;
    }

    /** Fetches the bytes of the pages that were filled since the last call. */
    void writeBackups() {
        if (!unwritten.isEmpty()) {
            var sources =
                    unwritten.stream().mapToInt(backup -> slotAt(backup.slot)).toArray();
            var targets =
                    unwritten.stream().map(backup -> host.memory(backup.place)).toList();
            transfers.download(sources, shape.slotElements(), targets);
            unwritten.clear();
        }
    }

    /** Drops a page's backup, if it has one. */
    void releaseBackup(PageTable<Backup> group, int page) {
        var backup = group.backup(page);
        if (backup != null) {
            group.setBackup(page, null);
            host.slots.release(backup.place);
        }
    }

    void evict(PageTable<Backup> group, int page) {
        releaseSlot(group, page);
        group.evict(page);
    }

    /**
     * Makes a page resident from its backup, once {@link Transfers#flush} is called, or by sharing the slot in which a fork
     * holds it.
     *
     * @return bytes to be copied
     */
    long recall(PageTable<Backup> group, int page) {
        var backup = group.requireBackup(page);
        if (backup.slot != PageTable.NOT_RESIDENT) {
            slots.retain(backup.slot);
            group.recall(page, backup.slot);
            return 0;
        }
        int slot = slots.take();
        transfers.upload(host.memory(backup.place), slotAt(slot));
        backup.slot = slot;
        group.recall(page, slot);
        return spec.slotBytes();
    }

    /** Gives a sequence its own copy of a last page that it shares and is about to write to. */
    void unshare(PageTable<Backup> group, int page) {
        int shared = group.slot(page);
        if (slots.isShared(shared)) {
            int copy = slots.take();
            transfers.copy(slotAt(shared), slotAt(copy));
            slots.release(shared);
            group.replaceSlot(page, copy);
        }
    }

    private void releaseSlot(PageTable<Backup> group, int page) {
        int slot = group.slot(page);
        if (slot < 0) {
            return;
        }
        var backup = group.backup(page);
        boolean freed = slots.release(slot);
        if (freed && backup != null) {
            backup.slot = PageTable.NOT_RESIDENT;
        }
    }

    /** Copies what a device slot holds. */
    void readSlot(int slot, MemorySegment target) {
        readAhead.read(slotAt(slot), shape.slotElements(), target);
    }

    /** Copies as much of a KV head's digest as {@code target} has room for. */
    void readDigest(Backup backup, int headOfGroup, float[] target) {
        int at = digestAt(backup) + headOfGroup * shape.digestElements();
        readAhead.read(at, target.length, MemorySegment.ofArray(target));
    }

    MemoryUse memory(long reservedSlots, long tensorBytes) {
        return new MemoryUse(
                slots.used(),
                reservedSlots,
                host.slots.used(),
                0,
                (long) host.slots.used() * spec.kvHeadsPerGroup(),
                region.bytes(),
                host.bytes() + tensorBytes,
                0);
    }

    @Override
    public void close() {
        region.close();
        host.close();
    }
}
