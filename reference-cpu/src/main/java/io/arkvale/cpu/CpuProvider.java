package io.arkvale.cpu;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Capabilities.Unit;
import io.arkvale.api.Digest;
import io.arkvale.api.DigestRange;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.core.CoreProvider;
import io.arkvale.core.PagedBackend;
import io.arkvale.kernels.page.Panels;
import io.arkvale.kernels.pool.WorkerPool;
import java.util.Map;

/** Provider of the reference backend, {@code cpu}, which runs everywhere. */
public final class CpuProvider extends CoreProvider {
    private static final Capabilities CAPABILITIES = PagedBackend.declare()
            .elementTypes(ElementType.values())
            .headDims(SizeRange.of(1, 1024))
            .pageSizes(SizeRange.of(1, 1024))
            .queryHeadsPerKvHead(SizeRange.of(1, 256))
            .digests(Digest.values())
            .digestRange(DigestRange.all(Digest.Form.MOST_PARTS))
            .groupScores(GroupScore.values())
            .features(
                    Feature.DETERMINISTIC,
                    Feature.BATCH_INVARIANT,
                    Feature.FORK_SETTINGS,
                    Feature.HOST_TENSORS,
                    Feature.ATTENTION_SCALE,
                    Feature.LAYER_WINDOWS,
                    Feature.LAYER_BUDGETS,
                    Feature.GROUP_BUDGETS)
            .blockSizes(Unit.PAGES, DigestBlocks.PAGES)
            .blockSizes(Unit.TOKENS, Panels.WIDTH, DecodeAttention.SPLIT_TOKENS)
            .build();

    /** Used by ServiceLoader. */
    public CpuProvider() {
        super("cpu", 0, CpuOptions.ALL);
    }

    /** On the class path the JVM leaves incubator modules out unless it is told otherwise. */
    @Override
    public Availability probe() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()
                ? new Availability.Unavailable(
                        "the JVM runs without the Vector API", "start java with --add-modules jdk.incubator.vector")
                : new Availability.Available(device(CpuOptions.parse(Map.of())));
    }

    private static String device(CpuOptions options) {
        return System.getProperty("os.arch") + " CPU, " + options.threads() + " threads, "
                + options.kernels().description() + " kernels";
    }

    @Override
    public Backend create(Map<String, String> given) {
        if (probe() instanceof Availability.Unavailable missing) {
            throw new BackendUnavailableException(id(), missing.reason(), missing.cure());
        }
        var options = CpuOptions.parse(given);
        var pool = WorkerPool.shared(options.threads());
        return new PagedBackend<>(
                id(),
                device(options),
                CAPABILITIES.toBuilder()
                        .storedRows(options.storedRows(), options.storedRows())
                        .build(),
                options.immediateChecks(),
                spec -> new CpuDevice(spec, options, pool),
                pool::close);
    }
}
