package io.arkvale.core.shard;

import io.arkvale.api.CacheSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The head groups that one shard has.
 *
 * @param first number of the first one
 * @param count how many follow each other from there on
 */
record HeadRange(int first, int count) {
    /** Even shares of the groups: as many as there are backends, or groups if they are fewer. */
    static List<HeadRange> shares(int groups, int backends) {
        int shards = Math.min(groups, backends);
        var ranges = new ArrayList<HeadRange>(shards);
        for (int shard = 0; shard < shards; shard++) {
            int first = Math.toIntExact((long) groups * shard / shards);
            ranges.add(new HeadRange(first, Math.toIntExact((long) groups * (shard + 1) / shards) - first));
        }
        return ranges;
    }

    /** The specification of the shard: its heads, and its share of every pool. */
    CacheSpec of(CacheSpec all) {
        int groups = all.headGroups();
        long host = share(all.hostSlots(), groups);
        // What the host's share leaves of both: so each shard has as many backups as its groups may need.
        long disk = share(Math.addExact(all.hostSlots(), all.diskSlots()), groups) - host;
        return new CacheSpec(
                all.layers(),
                count * all.queryHeadsPerGroup(),
                count * all.kvHeadsPerGroup(),
                all.headDim(),
                all.elementType(),
                all.pageSize(),
                count,
                Math.max(1, share(all.deviceSlots(), groups)),
                host,
                disk,
                disk > 0 ? all.diskDirectory() : null,
                all.attentionScale(),
                all.windows());
    }

    /** Shares add up to the whole. */
    private long share(long slots, int groups) {
        return upTo(first + count, slots, groups) - upTo(first, slots, groups);
    }

    /** Slots of the groups before one, in two parts, so that no product overflows. */
    private static long upTo(int group, long slots, int groups) {
        return slots / groups * group + slots % groups * group / groups;
    }
}
