package io.arkvale.core.shard;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheView;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.core.CheckedView;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A view of a sharded cache: each group as its shard shows it, slots numbered through all shards. */
final class ShardedView extends CheckedView<ShardedSequence> {
    private final ShardedCache cache;

    /** By shard. */
    private final List<CacheView> views;

    ShardedView(ShardedCache cache) {
        super(cache);
        this.cache = cache;
        views = cache.shards().stream().map(shard -> shard.cache().view()).toList();
    }

    /** Where a group's pages are shown: by which shard, and as which group of it. */
    private record Place(int shard, int group, CacheView view, Sequence part) {}

    private Place place(ShardedSequence sequence, int group) {
        var shards = cache.shards();
        int shard = 0;
        int own = group;
        while (own >= shards.get(shard).groups().count()) {
            own -= shards.get(shard).groups().count();
            shard++;
        }
        return new Place(shard, own, views.get(shard), sequence.parts.get(shard));
    }

    @Override
    protected int slot(ShardedSequence sequence, int layer, int group, int page) {
        var place = place(sequence, group);
        long slot = place.view.page(place.part, layer, place.group, page).slot();
        for (int other = 0; slot >= 0 && other < place.shard; other++) {
            slot += cache.shards().get(other).spec().deviceSlots();
        }
        return Math.toIntExact(slot);
    }

    @Override
    protected Tier tier(ShardedSequence sequence, int layer, int group, int page) {
        var place = place(sequence, group);
        return place.view.page(place.part, layer, place.group, page).backup();
    }

    @Override
    protected int[] attended(ShardedSequence sequence, int layer, int group) {
        var place = place(sequence, group);
        return place.view.attendedPages(place.part, layer, place.group);
    }

    @Override
    protected float[] readDigest(ShardedSequence sequence, int layer, int kvHead, int page) {
        int perGroup = cache.spec().kvHeadsPerGroup();
        var place = place(sequence, kvHead / perGroup);
        return place.view.digest(place.part, layer, place.group * perGroup + kvHead % perGroup, page);
    }

    @Override
    protected void readResident(ShardedSequence sequence, int layer, int group, int page, MemorySegment rows) {
        var place = place(sequence, group);
        place.view.copyResident(place.part, layer, place.group, page, rows);
    }

    @Override
    protected void readBackup(ShardedSequence sequence, int layer, int group, int page, MemorySegment rows) {
        var place = place(sequence, group);
        try {
            place.view.copyBackup(place.part, layer, place.group, page, rows);
        } catch (BackupException e) {
            throw sequence.named(e);
        }
    }
}
