package io.arkvale.cuda;

import io.arkvale.api.Backend;
import io.arkvale.api.BackendUnavailableException;
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
import io.arkvale.cuda.driver.Device;
import io.arkvale.cuda.driver.Driver;
import io.arkvale.cuda.driver.Kernels;
import io.arkvale.cuda.driver.Release;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The backend on one GPU: its context and its kernels, which all caches share. */
public final class CudaBackend implements Backend {
    public static final String ID = "cuda";

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

    /** A backend on a device that is known to be there, with its name in words. */
    public CudaBackend(String name, CudaOptions options, Driver driver) {
        this.name = name;
        this.options = options;
        device = device(driver, options.device());
        kernels = new Kernels(device);
    }

    private static Device device(Driver driver, int number) {
        try {
            return new Device(driver, number);
        } catch (CapacityException e) {
            var unavailable = new BackendUnavailableException(
                    ID,
                    "GPU " + number + " has no memory left for a context",
                    "free memory on it, or choose another GPU with the option device");
            unavailable.addSuppressed(e);
            throw unavailable;
        }
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

    /** Not while the backend closes, which would miss the cache. */
    @Override
    public synchronized KvCache open(CacheSpec spec) {
        requireOpen();
        CAPABILITIES.require(spec);
        requireCountable("device slots", spec.deviceSlots());
        requireCountable("host slots", spec.hostSlots());
        device.enter();
        var cache = new CudaCache(this, spec, device, kernels.load(spec.elementType()), options);
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
        return caches.stream().map(CudaCache::memoryUnlessClosed).reduce(MemoryUse.NONE, MemoryUse::plus);
    }

    /** Called by a cache when it closes. */
    public void forget(CudaCache cache) {
        caches.remove(cache);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (device;
                kernels) {
            Release.all(List.copyOf(caches), CudaCache::close);
            if (!device.isLost()) {
                device.enter();
            }
        }
    }
}
