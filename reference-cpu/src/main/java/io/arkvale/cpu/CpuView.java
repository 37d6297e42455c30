package io.arkvale.cpu;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheView;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.api.support.CallChecks;
import io.arkvale.api.support.PageTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The cache's state as tests and research see it. */
final class CpuView implements CacheView {
    private final CpuCache cache;

    CpuView(CpuCache cache) {
        this.cache = cache;
    }

    @Override
    public int tokens(Sequence sequence, int layer) {
        return layer(sequence, layer).tokens;
    }

    @Override
    public PageState page(Sequence sequence, int layer, int group, int page) {
        var pages = layer(sequence, layer);
        var table = table(pages, group, page);
        var backup = table.backup(page);
        int pageSize = cache.spec.pageSize();
        return new PageState(
                Math.min(pageSize, pages.tokens - page * pageSize),
                table.slot(page),
                backup == null ? Tier.NONE : backup.tier,
                pages.digests != null && page < pages.digests.pages());
    }

    @Override
    public int[] attendedPages(Sequence sequence, int layer, int group) {
        var pages = layer(sequence, layer);
        CallChecks.index("group", group, cache.spec.headGroups());
        return pages.groups.get(group).attended().clone();
    }

    @Override
    public float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        var digests = layer(sequence, layer).digests;
        CallChecks.index("kvHead", kvHead, cache.spec.kvHeads());
        if (digests == null || page < 0 || page >= digests.pages()) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no digest; allowed: "
                    + "filled pages of layers with a budget, here " + (digests == null ? 0 : digests.pages()));
        }
        var shape = ((CpuSequence) sequence).spec.digest().shape();
        int elements = shape.vectors() * cache.spec.headDim();
        var digest = new float[elements + shape.radii()];
        try (var arena = Arena.ofConfined()) {
            var row = arena.allocate((long) elements * cache.spec.elementType().bytes());
            digests.get(kvHead, page, row);
            cache.workers.codec.decode(row, 0, digest, 0, elements);
        }
        if (shape.radii() > 0) {
            digest[elements] = digests.memory(page).get(ValueLayout.JAVA_FLOAT_UNALIGNED, digests.radius(kvHead, page));
        }
        return digest;
    }

    @Override
    public void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        var pages = layer(sequence, layer);
        var table = table(pages, group, page);
        CallChecks.room("target", target, cache.spec.slotBytes());
        int slot = table.slot(page);
        if (slot < 0) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " is not resident");
        }
        var slots = cache.store.slots;
        int pageSize = cache.spec.pageSize();
        int tokens = Math.min(pageSize, pages.tokens - page * pageSize);
        copyRows(slots.slab(slot), slots.offset(slot), tokens, target);
    }

    @Override
    public void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        var table = table(layer(sequence, layer), group, page);
        CallChecks.room("target", target, cache.spec.slotBytes());
        var backup = table.backup(page);
        if (backup == null) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no backup");
        }
        try (var arena = Arena.ofConfined()) {
            var slot = arena.allocate(cache.store.layout.slotBytes());
            cache.store.backups.read(backup, slot, 0);
            copyRows(slot, 0, cache.spec.pageSize(), target);
        } catch (IOException e) {
            throw new BackupException("a backup cannot be read: " + e.getMessage(), List.of(sequence), e);
        }
    }

    /** Keys row by row, then values; what was never stored reads as zero, whatever the slot held before. */
    private void copyRows(MemorySegment slot, long offset, int tokens, MemorySegment target) {
        var layout = cache.store.layout;
        var rows = cache.workers.rows;
        int heads = cache.spec.kvHeadsPerGroup();
        target.asSlice(0, layout.slotBytes()).fill((byte) 0);
        for (int head = 0; head < heads; head++) {
            long keys = head * layout.headBytes();
            long values = (heads + head) * layout.headBytes();
            rows.getKeys(slot, offset + layout.keys(head), 0, tokens, target, keys, layout.rowBytes());
            rows.getValues(slot, offset + layout.values(head), 0, tokens, target, values, layout.rowBytes());
        }
    }

    private LayerPages layer(Sequence sequence, int layer) {
        cache.requireOpen();
        var own = cache.ownEvenPoisoned(sequence);
        CallChecks.index("layer", layer, cache.spec.layers());
        return own.layers[layer];
    }

    private PageTable<Backup> table(LayerPages pages, int group, int page) {
        CallChecks.index("group", group, cache.spec.headGroups());
        CallChecks.index("page", page, cache.spec.pages(pages.tokens));
        return pages.groups.get(group);
    }
}
