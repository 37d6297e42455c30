package io.arkvale.tornado;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.Scope;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** The backend on one of TornadoVM's devices: small caches share an engine, a large one has its own. */
final class TornadoBackend implements Backend {
    static final String ID = "tornado";

    private static final Capabilities CAPABILITIES = Capabilities.builder()
            .elementTypes(ElementType.F32)
            .headDims(SizeRange.of(1, Engine.MOST_HEAD_DIM))
            .pageSizes(SizeRange.of(1, Engine.MOST_PAGE_SIZE))
            .queryHeadsPerKvHead(SizeRange.of(1, 256))
            .digests(Digest.values())
            .groupScores(GroupScore.values())
            .scopes(Scope.values())
            .features(
                    Feature.HEAD_GROUPS,
                    Feature.OWN_SCORES,
                    Feature.FORKS,
                    Feature.PREFETCH,
                    Feature.DETERMINISTIC,
                    Feature.BATCH_INVARIANT)
            .build();

    final boolean immediateChecks;
    private final TornadoOptions options;
    private final String name;
    private final TornadoDevice device;
    private final Set<TornadoCache> caches = ConcurrentHashMap.newKeySet();
    private @Nullable Engine shared;
    private volatile boolean closed;

    TornadoBackend(TornadoOptions options) {
        immediateChecks = options.immediateChecks();
        this.options = options;
        name = TornadoDriver.name(options.device());
        device = TornadoDriver.find(options.device());
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String device() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public KvCache open(CacheSpec spec) {
        requireOpen();
        CAPABILITIES.require(spec);
        var size = EngineSize.of(spec);
        long elements = EngineSize.poolElements(spec);
        var region = EngineSize.SHARED.holds(size) ? Region.take(shared(), elements, false) : null;
        if (region == null) {
            region = Region.take(newEngine(size), elements, true);
        }
        if (region == null) {
            throw new IllegalStateException("an engine made for a cache has no room for it");
        }
        var cache = new TornadoCache(this, spec, region);
        caches.add(cache);
        return cache;
    }

    private synchronized Engine shared() {
        var engine = shared;
        if (engine == null) {
            engine = newEngine(EngineSize.SHARED);
            shared = engine;
        }
        return engine;
    }

    private Engine newEngine(EngineSize size) {
        try {
            return new Engine(device, size, options.timedParts(), options.replayed());
        } catch (TornadoMemoryException | TornadoOutOfMemoryException | OutOfMemoryError e) {
            throw new CapacityException(
                    "bytes of device memory",
                    (long) size.memoryElements() * Float.BYTES,
                    device.getPhysicalDevice().getDeviceGlobalMemorySize());
        }
    }

    @Override
    public MemoryUse memory() {
        requireOpen();
        return caches.stream().map(TornadoCache::use).reduce(MemoryUse.NONE, MemoryUse::plus);
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("the backend is closed");
        }
    }

    /** Called by a cache when it closes. */
    void forget(TornadoCache cache) {
        caches.remove(cache);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.copyOf(caches).forEach(TornadoCache::close);
        if (shared != null) {
            shared.close();
        }
    }
}
