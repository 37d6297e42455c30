package io.arkvale.core;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Scope;
import io.arkvale.core.page.PagedCache;
import io.arkvale.spi.TensorMemory;

/**
 * A backend whose caches are pages on a {@link io.arkvale.spi.PageDevice}.
 *
 * @param <M> the memory of its tensors
 */
public final class PagedBackend<M extends TensorMemory> extends CacheBackend {
    private final PagedCache.DeviceFactory<M> devices;
    private final Runnable closer;

    /**
     * A backend without caches.
     *
     * @param device the device in words
     * @param checksImmediately whether a value that is not finite is an error at the call that brings it
     * @param devices makes the device of each cache
     * @param closer frees what the devices share; called once, after all caches have closed
     */
    public PagedBackend(
            String id,
            String device,
            Capabilities capabilities,
            boolean checksImmediately,
            PagedCache.DeviceFactory<M> devices,
            Runnable closer) {
        super(id, device, capabilities, checksImmediately);
        this.devices = devices;
        this.closer = closer;
    }

    /**
     * Starts a declaration with what the core brings to every device: head groups, the caller's own scores, all scopes,
     * forks, prefetch, a disk tier, members with roles, truncation and calls beside a step. A device adds its element types,
     * sizes, digests, group scores and properties, forks with settings if it has room for digests of several kinds, windows if
     * its attention heeds {@link io.arkvale.spi.Attention#window}, and budgets by layer and head group if it takes lists of
     * pages whose length differs by head group.
     */
    public static Capabilities.Builder declare() {
        return Capabilities.builder()
                .scopes(Scope.values())
                .features(Feature.HEAD_GROUPS, Feature.OWN_SCORES, Feature.FORKS, Feature.PREFETCH, Feature.DISK_TIER)
                .features(Feature.MIXED_STEPS, Feature.TRUNCATION, Feature.BESIDE_STEPS);
    }

    @Override
    protected CheckedCache<?, ?> doOpen(CacheSpec spec) {
        return PagedCache.open(this, spec, devices);
    }

    @Override
    protected void doClose() {
        closer.run();
    }
}
