package io.arkvale.core.shard;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.core.tensor.HostMemory;

/**
 * One backend's part of a sharded cache.
 *
 * @param cache its cache, of the heads of some groups
 * @param groups which
 * @param takesHostMemory whether tensors of the cache may lie over host memory
 */
record Shard(KvCache cache, HeadRange groups, boolean takesHostMemory) {
    /** Its heads of queries. */
    HeadSlice queries(HostMemory memory, int rows) {
        return queries(memory, rows, false);
    }

    /** Its heads of an output. */
    HeadSlice output(HostMemory memory, int rows) {
        return queries(memory, rows, true);
    }

    private HeadSlice queries(HostMemory memory, int rows, boolean isOutput) {
        return slice(memory, spec().elementType(), rows, spec().queryHeadsPerGroup(), spec().headDim(), isOutput);
    }

    /** Its heads of keys or values. */
    HeadSlice keys(HostMemory memory, int rows) {
        return slice(memory, spec().elementType(), rows, spec().kvHeadsPerGroup(), spec().headDim(), false);
    }

    /** Its groups of scores; a row at least, whatever it holds. */
    HeadSlice scores(HostMemory memory, int rows) {
        return slice(memory, ElementType.F32, Math.max(1, rows), 1, 1, false);
    }

    private HeadSlice slice(
            HostMemory memory, ElementType type, int rows, int headsPerGroup, int width, boolean isOutput) {
        int first = groups.first() * headsPerGroup;
        return new HeadSlice(this, memory, type, rows, first, groups.count() * headsPerGroup, width, isOutput);
    }

    CacheSpec spec() {
        return cache.spec();
    }
}
