package io.arkvale.core.page;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.backup.Backup;
import io.arkvale.core.table.DigestList;
import io.arkvale.core.table.LayerPages;
import io.arkvale.core.table.PageStore;
import io.arkvale.core.table.PageTable;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageDevice;
import io.arkvale.spi.SlotCopy;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fork of the first tokens of a sequence with settings of its own (rule 711). It shares full pages and makes what its
 * settings ask for and the source lacks: a copy of a last page that is not full, pages that come back where a layer has no
 * budget now, backups and digests where it has one now.
 */
final class SettingsFork {
    private final CacheSpec spec;
    private final PageStore store;
    private final PageDevice<?> device;
    private final PagedSequence source;
    private final int length;
    private final PagedSequence fork;
    private final SequenceSpec settings;
    private final int full;
    private final boolean hasRest;
    private final boolean besideStep;

    /**
     * Nothing has changed yet.
     *
     * @param fork is empty and has the settings
     * @param besideStep whether a step is open on other sequences
     */
    SettingsFork(
            CacheSpec spec,
            PageStore store,
            PageDevice<?> device,
            PagedSequence source,
            int length,
            PagedSequence fork,
            boolean besideStep) {
        this.spec = spec;
        this.store = store;
        this.device = device;
        this.source = source;
        this.length = length;
        this.fork = fork;
        settings = fork.spec();
        this.besideStep = besideStep;
        full = length / spec.pageSize();
        hasRest = length % spec.pageSize() != 0;
    }

    /** Slots that it takes for good, and one more if evicted pages pass through it to be summarised. */
    long slotsNeeded() {
        long needed = 0;
        boolean passes = false;
        for (int layer = 0; layer < spec.layers(); layer++) {
            for (int group = 0; group < spec.headGroups(); group++) {
                var table = source.layer(layer).groups.get(group);
                needed += hasRest ? 1 : 0;
                for (int page = source.firstHeld(layer); page < full; page++) {
                    if (!table.isResident(page)) {
                        boolean shared = store.canShare(table.requireBackup(page), besideStep);
                        needed += bringsBack(layer, group, page) && !shared ? 1 : 0;
                        passes |= needsDigests(layer) && !bringsBack(layer, group, page);
                    }
                }
            }
        }
        return needed + (passes ? 1 : 0);
    }

    /** Backups that it makes. */
    long backupsNeeded() {
        long needed = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            if (needsBackups(layer)) {
                for (var table : source.layer(layer).groups) {
                    for (int page = 0; page < full; page++) {
                        needed += store.isBackedUp(table.slot(page)) ? 0 : 1;
                    }
                }
            }
        }
        return needed;
    }

    /** Blocks of digests that it makes. */
    int digestBlocks() {
        int layers = 0;
        for (int layer = 0; layer < spec.layers(); layer++) {
            layers += needsDigests(layer) ? 1 : 0;
        }
        int blocks = Math.ceilDiv(full, device.storage().digestPages());
        return Math.multiplyExact(Math.multiplyExact(layers, spec.headGroups()), blocks);
    }

    private boolean needsBackups(int layer) {
        return fork.residence().isLimited(layer) && !source.residence().isLimited(layer);
    }

    private boolean needsDigests(int layer) {
        return fork.residence().isLimited(layer)
                && (!source.residence().isLimited(layer)
                        || !source.spec().digest().equals(settings.digest()));
    }

    private boolean bringsBack(int layer, int group, int page) {
        return fork.residence().bringsBack(layer, group, page, spec.pages(length));
    }

    /**
     * Fills the fork.
     *
     * @throws IOException if a backup could not be written or cannot be read; nothing has changed then
     */
    void fill() throws IOException {
        var arriving = read();
        for (int layer = 0; layer < spec.layers(); layer++) {
            var from = source.layer(layer);
            var to = fork.layer(layer);
            for (int group = 0; group < spec.headGroups(); group++) {
                share(
                        layer,
                        group,
                        from.groups.get(group),
                        to.groups.get(group),
                        arriving.get(layer).get(group));
            }
            to.tokens = length;
        }
        store.flushKeeping();
        for (int layer = 0; layer < spec.layers(); layer++) {
            if (fork.residence().isLimited(layer)) {
                summarise(layer, fork.layer(layer), arriving.get(layer));
            }
            if (needsBackups(layer)) {
                for (var table : fork.layer(layer).groups) {
                    for (int page = 0; page < full; page++) {
                        store.backUp(table, page);
                    }
                }
            }
        }
        store.backups.flush();
        store.flush();
    }

    /** Reads what comes back, before anything changes: by layer, head group and page. */
    private List<List<@Nullable MemorySegment[]>> read() throws IOException {
        var all = new ArrayList<List<@Nullable MemorySegment[]>>();
        boolean done = false;
        try {
            for (int layer = 0; layer < spec.layers(); layer++) {
                var groups = new ArrayList<@Nullable MemorySegment[]>();
                for (int group = 0; group < spec.headGroups(); group++) {
                    groups.add(read(layer, group, source.layer(layer).groups.get(group)));
                }
                all.add(groups);
            }
            done = true;
        } finally {
            if (!done) {
                store.dropPending();
            }
        }
        return all;
    }

    private @Nullable MemorySegment[] read(int layer, int group, PageTable table) throws IOException {
        var bytes = new @Nullable MemorySegment[spec.pages(length)];
        for (int page = source.firstHeld(layer); page < bytes.length; page++) {
            boolean needed = page == full || bringsBack(layer, group, page) || needsDigests(layer);
            if (needed && !table.isResident(page)) {
                bytes[page] = store.read(table.requireBackup(page));
            }
        }
        return bytes;
    }

    private void share(int layer, int group, PageTable from, PageTable to, @Nullable MemorySegment[] arriving) {
        for (int page = 0; page < full; page++) {
            var backup = from.backup(page);
            if (from.isResident(page)) {
                store.slots.retain(from.slot(page));
                to.open(from.slot(page));
            } else if (bringsBack(layer, group, page)) {
                to.open(bring(from.requireBackup(page), bytes(arriving, page)));
            } else {
                to.openEvicted();
            }
            if (backup != null && fork.residence().isLimited(layer)) {
                store.retain(backup, to);
                to.setBackup(page, backup);
            }
        }
        if (hasRest) {
            to.open(from.isResident(full) ? store.copyOf(from.slot(full)) : store.fill(bytes(arriving, full)));
        }
        to.attended().set(from.attended());
        to.attended().cutBelow(to.pages());
    }

    private int bring(Backup backup, MemorySegment bytes) {
        return store.canShare(backup, besideStep) ? store.share(backup) : store.fill(bytes, backup);
    }

    private static MemorySegment bytes(@Nullable MemorySegment[] arriving, int page) {
        var bytes = arriving[page];
        if (bytes == null) {
            throw new IllegalStateException("page " + page + " was not read");
        }
        return bytes;
    }

    private void summarise(int layer, LayerPages to, List<@Nullable MemorySegment[]> arriving) {
        for (int group = 0; group < spec.headGroups(); group++) {
            if (!needsDigests(layer)) {
                to.digests.set(group, source.layer(layer).digests.get(group).fork(full));
                continue;
            }
            var table = to.groups.get(group);
            var list = to.digests.get(group);
            list.resize(full);
            var filled = new ArrayList<FilledPage>();
            for (int page = 0; page < full; page++) {
                if (table.isResident(page)) {
                    filled.add(new FilledPage(settings.digest(), table.slot(page), list.block(page), list.index(page)));
                } else {
                    pass(bytes(arriving.get(group), page), list, page);
                }
            }
            if (!filled.isEmpty()) {
                device.digest(filled);
            }
        }
    }

    /** An evicted page is summarised in a slot that is free again at once: the device works in order. */
    private void pass(MemorySegment bytes, DigestList list, int page) {
        int slot = store.slots.take();
        var copy = new SlotCopy();
        copy.set(slot, bytes, 0);
        device.upload(List.of(copy));
        device.digest(List.of(new FilledPage(settings.digest(), slot, list.block(page), list.index(page))));
        store.slots.release(slot);
    }
}
