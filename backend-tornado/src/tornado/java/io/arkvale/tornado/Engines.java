package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Capabilities.Unit;
import io.arkvale.api.CapacityException;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.core.PagedBackend;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** The engines of one device: small caches share one, a large one has its own. */
final class Engines {
    static final String ID = "tornado";

    static final Capabilities CAPABILITIES = PagedBackend.declare()
            .elementTypes(ElementType.F32)
            .headDims(SizeRange.of(1, Engine.MOST_HEAD_DIM))
            .pageSizes(SizeRange.of(1, Engine.MOST_PAGE_SIZE))
            .queryHeadsPerKvHead(SizeRange.of(1, 256))
            .digests(Digest.values())
            .groupScores(GroupScore.values())
            .features(Feature.DETERMINISTIC, Feature.BATCH_INVARIANT)
            .blockSizes(Unit.PAGES, ScoreKernel.PAGES)
            .blockSizes(Unit.TOKENS, AttendKernel.TILE, Splits.LEAST_TOKENS)
            .build();

    private final TornadoOptions options;
    private final TornadoDevice device;
    private @Nullable Engine shared;

    Engines(TornadoOptions options, TornadoDevice device) {
        this.options = options;
        this.device = device;
    }

    /**
     * Pages for a cache.
     *
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    TornadoPages open(CacheSpec spec) {
        var size = EngineSize.of(spec);
        long elements = EngineSize.poolElements(spec);
        var region = EngineSize.SHARED.holds(size) ? Region.take(shared(), elements, false) : null;
        return new TornadoPages(spec, region != null ? region : ownRegion(size, elements));
    }

    private Region ownRegion(EngineSize size, long elements) {
        var engine = newEngine(size);
        var region = Region.take(engine, elements, true);
        if (region == null) {
            engine.close();
            throw new IllegalStateException("an engine made for a cache has no room for it");
        }
        return region;
    }

    private synchronized Engine shared() {
        if (shared == null) {
            shared = newEngine(EngineSize.SHARED);
        }
        return shared;
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

    /** Closes the engine that small caches shared; all caches are closed. */
    synchronized void close() {
        if (shared != null) {
            shared.close();
        }
    }
}
