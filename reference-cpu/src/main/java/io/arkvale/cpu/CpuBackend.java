package io.arkvale.cpu;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.Scope;
import io.arkvale.kernels.WorkerPool;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The reference backend: off-heap pools, one pool of threads for all its caches, deterministic and batch-invariant. */
final class CpuBackend implements Backend {
    static final String ID = "cpu";

    private static final Capabilities CAPABILITIES = Capabilities.builder()
            .elementTypes(ElementType.values())
            .headDims(SizeRange.of(1, 1024))
            .pageSizes(SizeRange.of(1, 1024))
            .queryHeadsPerKvHead(SizeRange.of(1, 256))
            .digests(Digest.values())
            .groupScores(GroupScore.values())
            .scopes(Scope.values())
            .features(
                    Feature.HEAD_GROUPS,
                    Feature.OWN_SCORES,
                    Feature.FORKS,
                    Feature.PREFETCH,
                    Feature.DISK_TIER,
                    Feature.DETERMINISTIC,
                    Feature.BATCH_INVARIANT)
            .build();

    private final CpuOptions options;
    private final WorkerPool pool;
    private final Set<CpuCache> caches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    CpuBackend(CpuOptions options) {
        this.options = options;
        pool = WorkerPool.shared(options.threads());
    }

    static String device(CpuOptions options) {
        return System.getProperty("os.arch") + " CPU, " + options.threads() + " threads, "
                + options.kernels().description() + " kernels";
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String device() {
        return device(options);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public KvCache open(CacheSpec spec) {
        requireOpen();
        CAPABILITIES.require(spec);
        var cache = new CpuCache(this, spec, options, pool);
        caches.add(cache);
        return cache;
    }

    @Override
    public MemoryUse memory() {
        requireOpen();
        return caches.stream().map(CpuCache::use).reduce(MemoryUse.NONE, MemoryUse::plus);
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("the backend is closed");
        }
    }

    /** Called by a cache when it closes. */
    void forget(CpuCache cache) {
        caches.remove(cache);
    }

    @Override
    public void close() {
        closed = true;
        List.copyOf(caches).forEach(CpuCache::close);
        pool.close();
    }
}
