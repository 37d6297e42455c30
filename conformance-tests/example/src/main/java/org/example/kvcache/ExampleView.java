package org.example.kvcache;

import io.arkvale.api.CacheView;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.api.support.CallChecks;
import java.lang.foreign.MemorySegment;

/** Looks into the tables. */
class ExampleView implements CacheView {
    private final ExampleCache cache;

    ExampleView(ExampleCache cache) {
        this.cache = cache;
    }

    @Override
    public int tokens(Sequence sequence, int layer) {
        return table(sequence, layer).tokens;
    }

    @Override
    public PageState page(Sequence sequence, int layer, int group, int page) {
        var table = table(sequence, layer);
        CallChecks.index("group", group, cache.spec.headGroups());
        CallChecks.index("page", page, table.pages.size());
        var content = table.pages.get(page);
        var slot = content.slots[group];
        var backup = content.backups[group];
        var tier = backup == null ? Tier.NONE : backup.data() != null ? Tier.HOST : Tier.DISK;
        return new PageState(
                content.tokens,
                table.resident[group].get(page) && slot != null ? slot.index() : -1,
                tier,
                content.digests != null);
    }

    @Override
    public int[] attendedPages(Sequence sequence, int layer, int group) {
        var table = table(sequence, layer);
        CallChecks.index("group", group, cache.spec.headGroups());
        return table.attended[group].stream().toArray();
    }

    @Override
    public float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        var table = table(sequence, layer);
        CallChecks.index("kvHead", kvHead, cache.spec.kvHeads());
        CallChecks.index("page", page, table.pages.size());
        var digests = table.pages.get(page).digests;
        if (digests == null || digests[kvHead] == null) {
            throw new InvalidArgumentException("page " + page + " has no digest: it is not full, or has no budget");
        }
        return digests[kvHead].clone();
    }

    @Override
    public void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        if (!page(sequence, layer, group, page).resident()) {
            throw new InvalidArgumentException("page " + page + " is not resident");
        }
        var slot = table(sequence, layer).pages.get(page).slots[group];
        write(slot == null ? new float[0] : slot.data(), target);
    }

    @Override
    public void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        page(sequence, layer, group, page);
        var backup = table(sequence, layer).pages.get(page).backups[group];
        if (backup == null) {
            throw new InvalidArgumentException("page " + page + " has no backup");
        }
        write(cache.pools.load(backup), target);
    }

    private void write(float[] data, MemorySegment target) {
        CallChecks.room("target", target, cache.spec.slotBytes());
        for (var i = 0; i < data.length; i++) {
            Numbers.write(cache.spec.elementType(), target, i, data[i]);
        }
    }

    private Table table(Sequence sequence, int layer) {
        cache.checkOpen();
        CallChecks.index("layer", layer, cache.spec.layers());
        if (!(sequence instanceof ExampleSequence mine) || !mine.cache.equals(cache)) {
            throw new ForeignObjectException("the sequence is another cache's");
        }
        mine.checkOpen();
        return mine.tables.get(layer);
    }
}
