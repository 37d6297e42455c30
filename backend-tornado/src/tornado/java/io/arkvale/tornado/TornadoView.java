package io.arkvale.tornado;

import io.arkvale.api.CacheView;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.api.support.CallChecks;
import io.arkvale.api.support.PageTable;
import java.lang.foreign.MemorySegment;

/** The cache's state as tests and research see it. */
final class TornadoView implements CacheView {
    private final TornadoCache cache;

    TornadoView(TornadoCache cache) {
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
                backup == null ? Tier.NONE : Tier.HOST,
                backup != null);
    }

    @Override
    public int[] attendedPages(Sequence sequence, int layer, int group) {
        var pages = layer(sequence, layer);
        CallChecks.index("group", group, cache.spec.headGroups());
        return pages.groups.get(group).attended().clone();
    }

    @Override
    public float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        var pages = layer(sequence, layer);
        CallChecks.index("kvHead", kvHead, cache.spec.kvHeads());
        int digests = pages.limited ? pages.tokens / cache.spec.pageSize() : 0;
        if (page < 0 || page >= digests) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no digest; allowed: "
                    + "filled pages of layers with a budget, here " + digests);
        }
        var shape = ((TornadoSequence) sequence).spec.digest().shape();
        int headDim = cache.spec.headDim();
        var digest = new float[shape.vectors() * headDim + shape.radii()];
        int group = kvHead / cache.spec.kvHeadsPerGroup();
        int head = kvHead % cache.spec.kvHeadsPerGroup();
        cache.store.readDigest(pages.groups.get(group).requireBackup(page), head, digest);
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
        int pageSize = cache.spec.pageSize();
        int tokens = Math.min(pageSize, pages.tokens - page * pageSize);
        var numbers = target.asSlice(0, cache.spec.slotBytes());
        cache.store.readSlot(slot, numbers);
        // What was never stored reads as zero, whatever the slot held before.
        long headBytes = (long) cache.store.shape.headElements() * Float.BYTES;
        long stored = (long) tokens * cache.spec.headDim() * Float.BYTES;
        for (long at = 0; at < numbers.byteSize(); at += headBytes) {
            numbers.asSlice(at + stored, headBytes - stored).fill((byte) 0);
        }
    }

    @Override
    public void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        var table = table(layer(sequence, layer), group, page);
        CallChecks.room("target", target, cache.spec.slotBytes());
        var backup = table.backup(page);
        if (backup == null) {
            throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no backup");
        }
        target.copyFrom(cache.store.host.memory(backup.place));
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
