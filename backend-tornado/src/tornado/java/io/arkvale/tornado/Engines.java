package io.arkvale.tornado;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Capabilities.Unit;
import io.arkvale.api.CapacityException;
import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.core.PagedBackend;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** The engines of one device: small caches share one, a large one has its own. */
final class Engines {
    static final String ID = "tornado";

    private static final Capabilities.Builder DECLARED = PagedBackend.declare()
            .headDims(SizeRange.of(1, Engine.MOST_HEAD_DIM))
            .pageSizes(SizeRange.of(1, Engine.MOST_PAGE_SIZE))
            .queryHeadsPerKvHead(SizeRange.of(1, 256))
            .digests(Digest.values())
            .groupScores(GroupScore.values())
            .features(Feature.DETERMINISTIC, Feature.BATCH_INVARIANT, Feature.HOST_TENSORS, Feature.ATTENTION_SCALE)
            .blockSizes(Unit.PAGES, ScoreKernel.PAGES)
            .blockSizes(Unit.TOKENS, AttendKernel.TILE, Splits.LEAST_TOKENS);

    private final TornadoDevice device;
    private final boolean isTimed;
    private final TornadoOptions.Replay replay;
    private @Nullable Engine shared;
    private @Nullable Engine sharedNarrow;

    Engines(TornadoDevice device, boolean isTimed, TornadoOptions.Replay replay) {
        this.device = device;
        this.isTimed = isTimed;
        this.replay = replay;
    }

    /**
     * Pages for a cache.
     *
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    TornadoPages open(CacheSpec spec) {
        var size = EngineSize.of(spec);
        var needed = RegionSize.of(spec);
        var region = EngineSize.SHARED.holds(size) ? Region.take(shared(size.isNarrow()), needed, false) : null;
        return new TornadoPages(spec, region != null ? region : ownRegion(size, needed));
    }

    private Region ownRegion(EngineSize size, RegionSize needed) {
        var engine = newEngine(size);
        var region = Region.take(engine, needed, true);
        if (region == null) {
            engine.close();
            throw new IllegalStateException("an engine made for a cache has no room for it");
        }
        return region;
    }

    /** What a backend on this device can do. */
    Capabilities capabilities() {
        return DECLARED.elementTypes(ElementTypeProbe.typesOn(device)).build();
    }

    private synchronized Engine shared(boolean isNarrow) {
        if (isNarrow) {
            if (sharedNarrow == null) {
                sharedNarrow = newEngine(EngineSize.SHARED_NARROW);
            }
            return sharedNarrow;
        }
        if (shared == null) {
            shared = newEngine(EngineSize.SHARED);
        }
        return shared;
    }

    private Engine newEngine(EngineSize size) {
        try {
            return new Engine(device, size, isTimed, replay);
        } catch (TornadoMemoryException | TornadoOutOfMemoryException | OutOfMemoryError e) {
            throw new CapacityException(
                    "bytes of device memory",
                    size.bytes(),
                    // TornadoVM may be allowed less than the device has.
                    Math.min(device.getPhysicalDevice().getDeviceGlobalMemorySize(), size.bytes() - 1));
        } catch (RuntimeException e) {
            throw new BackendLostException("TornadoVM failed to take device memory: " + e, e);
        }
    }

    /** Closes the engines that small caches shared; all caches are closed. */
    synchronized void close() {
        try {
            if (shared != null) {
                shared.close();
            }
        } finally {
            if (sharedNarrow != null) {
                sharedNarrow.close();
            }
        }
    }
}
