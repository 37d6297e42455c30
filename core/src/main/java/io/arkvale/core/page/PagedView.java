package io.arkvale.core.page;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Tier;
import io.arkvale.core.CheckedView;
import io.arkvale.core.backup.BackupTiers;
import io.arkvale.core.table.PageTable;
import io.arkvale.spi.PageDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A view of a cache whose page tables are kept on the host. */
final class PagedView extends CheckedView<PagedSequence> {
    private final CacheSpec spec;
    private final PageDevice<?> device;
    private final BackupTiers backups;
    /** Room for one slot, which all views of the cache share. */
    private final MemorySegment bytes;

    PagedView(PagedCache<?> cache, PageDevice<?> device, BackupTiers backups, MemorySegment bytes) {
        super(cache);
        spec = cache.spec();
        this.device = device;
        this.backups = backups;
        this.bytes = bytes;
    }

    @Override
    protected int slot(PagedSequence sequence, int layer, int group, int page) {
        return table(sequence, layer, group).slot(page);
    }

    @Override
    protected Tier tier(PagedSequence sequence, int layer, int group, int page) {
        var backup = table(sequence, layer, group).backup(page);
        return backup == null ? Tier.NONE : backup.tier();
    }

    @Override
    protected int digested(PagedSequence sequence, int layer) {
        var pages = sequence.layer(layer);
        return pages.isLimited() ? pages.digests.getFirst().pages() : 0;
    }

    @Override
    protected int[] attended(PagedSequence sequence, int layer, int group) {
        return table(sequence, layer, group).attended().toArray();
    }

    @Override
    protected float[] readDigest(PagedSequence sequence, int layer, int kvHead, int page) {
        var list = sequence.layer(layer).digests.get(kvHead / spec.kvHeadsPerGroup());
        return device.digest(
                sequence.spec().digest(), list.block(page), list.index(page), kvHead % spec.kvHeadsPerGroup());
    }

    @Override
    protected void readResident(PagedSequence sequence, int layer, int group, int page, MemorySegment rows) {
        device.read(slot(sequence, layer, group, page), bytes);
        device.unpack(bytes, rows);
    }

    @Override
    protected void readBackup(PagedSequence sequence, int layer, int group, int page, MemorySegment rows) {
        try (var reads = backups.reads()) {
            device.unpack(reads.read(table(sequence, layer, group).requireBackup(page)), rows);
        } catch (IOException e) {
            throw new BackupException("a backup cannot be read: " + e.getMessage(), List.of(sequence), e);
        }
    }

    private static PageTable table(PagedSequence sequence, int layer, int group) {
        return sequence.layer(layer).groups.get(group);
    }
}
