package io.arkvale.core;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheStats;
import io.arkvale.api.Capabilities;
import io.arkvale.api.ClosedException;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A running backend: knows its open caches, so that it can add up their memory and close them. */
public abstract class CacheBackend implements Backend {
    private final String id;
    private final String device;
    private final Capabilities capabilities;
    private final boolean checksImmediately;
    private final Set<CheckedCache<?, ?>> caches = ConcurrentHashMap.newKeySet();
    private CacheStats closedCaches = CacheStats.NONE;
    private volatile boolean closed;

    /**
     * A backend without caches.
     *
     * @param device the device in words
     * @param checksImmediately whether a value that is not finite is an error at the call that brings it
     */
    protected CacheBackend(String id, String device, Capabilities capabilities, boolean checksImmediately) {
        this.id = id;
        this.device = device;
        this.capabilities = capabilities;
        this.checksImmediately = checksImmediately;
    }

    /** Opens a cache whose specification is within the capabilities. */
    protected abstract CheckedCache<?, ?> doOpen(CacheSpec spec);

    /** Frees what caches share; they are closed already. Called once. */
    protected abstract void doClose();

    /** Whether it can no longer be used though nobody has closed it. */
    protected boolean isLost() {
        return false;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final String device() {
        return device;
    }

    @Override
    public final Capabilities capabilities() {
        return capabilities;
    }

    final boolean checksImmediately() {
        return checksImmediately;
    }

    /** Not while it closes, which would miss the cache. */
    @Override
    public final synchronized KvCache open(CacheSpec spec) {
        requireOpen();
        capabilities.require(spec);
        var cache = doOpen(spec);
        caches.add(cache);
        return cache;
    }

    @Override
    public final MemoryUse memory() {
        requireOpen();
        return caches.stream().map(CheckedCache::memoryIfOpen).reduce(MemoryUse.NONE, MemoryUse::plus);
    }

    @Override
    public final CacheStats stats() {
        requireOpen();
        // In one go with the caches that close meanwhile, so that none counts twice or never.
        synchronized (caches) {
            return caches.stream().map(CheckedCache::done).reduce(closedCaches, CacheStats::plus);
        }
    }

    private void requireOpen() {
        if (closed || isLost()) {
            throw new ClosedException("the backend is closed");
        }
    }

    /** Called by a cache when it closes. */
    final void forget(CheckedCache<?, ?> cache) {
        synchronized (caches) {
            if (caches.remove(cache)) {
                closedCaches = closedCaches.plus(cache.done());
            }
        }
    }

    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        RuntimeException failure = null;
        for (var cache : List.copyOf(caches)) {
            try {
                cache.close();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        doClose();
        if (failure != null) {
            throw failure;
        }
    }
}
