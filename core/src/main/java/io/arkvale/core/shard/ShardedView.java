package io.arkvale.core.shard;

import io.arkvale.api.CacheView;
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

    /** Which shard has a group. */
    private int shard(int group) {
        var shards = cache.shards();
        int shard = 0;
        while (group
                >= shards.get(shard).groups().first()
                        + shards.get(shard).groups().count()) {
            shard++;
        }
        return shard;
    }

    private Shard at(int shard) {
        return cache.shards().get(shard);
    }

    @Override
    protected int slot(ShardedSequence sequence, int layer, int group, int page) {
        int shard = shard(group);
        long slot = views.get(shard)
                .page(
                        sequence.parts.get(shard),
                        layer,
                        group - at(shard).groups().first(),
                        page)
                .slot();
        for (int other = 0; slot >= 0 && other < shard; other++) {
            slot += at(other).spec().deviceSlots();
        }
        return Math.toIntExact(slot);
    }

    @Override
    protected Tier tier(ShardedSequence sequence, int layer, int group, int page) {
        int shard = shard(group);
        return views.get(shard)
                .page(
                        sequence.parts.get(shard),
                        layer,
                        group - at(shard).groups().first(),
                        page)
                .backup();
    }

    @Override
    protected int[] attended(ShardedSequence sequence, int layer, int group) {
        int shard = shard(group);
        return views.get(shard)
                .attendedPages(
                        sequence.parts.get(shard),
                        layer,
                        group - at(shard).groups().first());
    }

    @Override
    protected float[] readDigest(ShardedSequence sequence, int layer, int kvHead, int page) {
        int perGroup = cache.spec().kvHeadsPerGroup();
        int shard = shard(kvHead / perGroup);
        int first = at(shard).groups().first() * perGroup;
        return views.get(shard).digest(sequence.parts.get(shard), layer, kvHead - first, page);
    }

    @Override
    protected void readResident(ShardedSequence sequence, int layer, int group, int page, MemorySegment rows) {
        int shard = shard(group);
        views.get(shard)
                .copyResident(
                        sequence.parts.get(shard),
                        layer,
                        group - at(shard).groups().first(),
                        page,
                        rows);
    }

    @Override
    protected void readBackup(ShardedSequence sequence, int layer, int group, int page, MemorySegment rows) {
        int shard = shard(group);
        views.get(shard)
                .copyBackup(
                        sequence.parts.get(shard),
                        layer,
                        group - at(shard).groups().first(),
                        page,
                        rows);
    }
}
