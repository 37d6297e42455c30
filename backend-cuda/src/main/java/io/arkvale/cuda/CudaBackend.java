package io.arkvale.cuda;

import io.arkvale.api.Availability;
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

/** The backend on one GPU: its context and its kernels, which all caches share. */
final class CudaBackend implements Backend {
    static final String ID = "cuda";

    private static final Capabilities CAPABILITIES = Capabilities.builder()
            .elementTypes(ElementType.values())
            .headDims(SizeRange.of(1, 256))
            .pageSizes(SizeRange.of(1, 128))
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
                    Feature.BATCH_INVARIANT,
                    Feature.RECALL_WITHOUT_HOST)
            .build();

    private final String name;
    private final CudaOptions options;
    private final Device device;
    private final Kernels kernels;
    private final Set<CudaCache> caches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    CudaBackend(CudaOptions options) {
        name = switch (Probe.device(options.device())) {
            case Availability.Available available -> available.device();
            case Availability.Unavailable unavailable -> unavailable.reason();
        };
        this.options = options;
        device = new Device(options.device());
        kernels = new Kernels(device);
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
        requireCountable("device slots", spec.deviceSlots());
        requireCountable("host slots", spec.hostSlots());
        device.enter();
        var cache = new CudaCache(this, spec, device, kernels, options);
        caches.add(cache);
        return cache;
    }

    private void requireOpen() {
        if (closed || device.isLost()) {
            throw new ClosedException("the backend is closed");
        }
    }

    /** Page tables name slots by ints. No GPU has memory for as many. */
    private static void requireCountable(String pool, long slots) {
        int most = 1 << 30;
        if (slots > most) {
            throw new CapacityException(pool, slots, most);
        }
    }

    @Override
    public MemoryUse memory() {
        requireOpen();
        return caches.stream().map(CudaCache::memory).reduce(MemoryUse.NONE, MemoryUse::plus);
    }

    /** Called by a cache when it closes. */
    void forget(CudaCache cache) {
        caches.remove(cache);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.copyOf(caches).forEach(CudaCache::close);
        if (!device.isLost()) {
            device.enter();
        }
        kernels.close();
        device.close();
    }
}
