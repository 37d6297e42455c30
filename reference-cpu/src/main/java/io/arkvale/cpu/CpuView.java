package io.arkvale.cpu;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheView;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import java.io.IOException;
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
        range("group", group, cache.spec.headGroups());
        return pages.groups[group].attended.clone();
    }

    @Override
    public float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        var digests = layer(sequence, layer).digests;
        range("kvHead", kvHead, cache.spec.kvHeads());
        if (digests == null || page < 0 || page >= digests.pages()) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no digest; allowed: "
                    + "filled pages of layers with a budget, here " + (digests == null ? 0 : digests.pages()));
        }
        var shape = ((CpuSequence) sequence).spec.digest().shape();
        int elements = shape.vectors() * cache.spec.headDim();
        var digest = new float[elements + shape.radii()];
        var memory = digests.memory(page);
        cache.workers.codec.decode(memory, digests.vectors(kvHead, page), digest, 0, elements);
        if (shape.radii() > 0) {
            digest[elements] = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, digests.radius(kvHead, page));
        }
        return digest;
    }

    @Override
    public void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        var pages = layer(sequence, layer);
        var table = table(pages, group, page);
        var bytes = requireSlot(target);
        int slot = table.slot(page);
        if (slot < 0) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " is not resident");
        }
        var store = cache.store;
        MemorySegment.copy(store.slots.slab(slot), store.slots.offset(slot), target, 0, bytes);
        clearUnstored(pages, page, target);
    }

    @Override
    public void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        var table = table(layer(sequence, layer), group, page);
        requireSlot(target);
        var backup = table.backup(page);
        if (backup == null) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no backup");
        }
        try {
            cache.store.backups.read(backup, target, 0);
        } catch (IOException e) {
            throw new BackupException("a backup cannot be read: " + e.getMessage(), List.of(sequence), e);
        }
    }

    /** A slot is handed out as it was left; what was never stored reads as zero. */
    private void clearUnstored(LayerPages pages, int page, MemorySegment target) {
        int pageSize = cache.spec.pageSize();
        var layout = cache.store.layout;
        int stored = Math.min(pageSize, pages.tokens - page * pageSize);
        for (int run = 0; run < 2 * cache.spec.kvHeadsPerGroup(); run++) {
            target.asSlice(
                            run * layout.headBytes() + stored * layout.rowBytes(),
                            (pageSize - stored) * layout.rowBytes())
                    .fill((byte) 0);
        }
    }

    private LayerPages layer(Sequence sequence, int layer) {
        cache.requireOpen();
        var own = cache.ownEvenPoisoned(sequence);
        range("layer", layer, cache.spec.layers());
        return own.layers[layer];
    }

    private GroupPages table(LayerPages pages, int group, int page) {
        range("group", group, cache.spec.headGroups());
        range("page", page, cache.spec.pages(pages.tokens));
        return pages.groups[group];
    }

    private long requireSlot(MemorySegment target) {
        long bytes = cache.store.layout.slotBytes();
        if (target.byteSize() < bytes) {
            throw new InvalidArgumentException(
                    "target has " + target.byteSize() + " bytes; allowed: at least " + bytes);
        }
        return bytes;
    }

    private static void range(String name, int value, int count) {
        if (value < 0 || value >= count) {
            throw new InvalidArgumentException(name + " is " + value + "; allowed: 0 to " + (count - 1));
        }
    }
}
