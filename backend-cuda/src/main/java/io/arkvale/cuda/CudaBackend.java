package io.arkvale.cuda;

import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Capabilities.Unit;
import io.arkvale.api.CapacityException;
import io.arkvale.api.Digest;
import io.arkvale.api.DigestRange;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.core.CacheBackend;
import io.arkvale.core.CheckedCache;
import io.arkvale.cuda.driver.Device;
import io.arkvale.cuda.driver.Driver;
import io.arkvale.cuda.driver.Kernels;
import io.arkvale.cuda.step.AttentionWork;
import io.arkvale.cuda.step.ScoreWork;
import io.arkvale.cuda.step.Splits;
import java.util.EnumSet;

/** The backend on one GPU: its context and its kernels, which all caches share. */
public final class CudaBackend extends CacheBackend {
    public static final String ID = "cuda";

    /** Bytes that kernels read and write at a time. */
    private static final int TENSOR_ALIGNMENT = 16;

    /** More parts of long pages and heads would not fit a multiprocessor's memory while they are summarised. */
    private static final int MOST_PARTS = 32;

    private static final Capabilities CAPABILITIES = Capabilities.builder()
            .elementTypes(ElementType.values())
            .headDims(SizeRange.of(1, 256))
            .pageSizes(SizeRange.of(1, 128))
            .queryHeadsPerKvHead(SizeRange.of(1, 256))
            .digests(Digest.values())
            .digestRange(new DigestRange(EnumSet.allOf(Digest.Shape.class), MOST_PARTS, false, true))
            .groupScores(GroupScore.values())
            .scopes(Scope.values())
            .features(
                    Feature.HEAD_GROUPS,
                    Feature.OWN_SCORES,
                    Feature.FORKS,
                    Feature.FORK_SETTINGS,
                    Feature.PREFETCH,
                    Feature.DETERMINISTIC,
                    Feature.BATCH_INVARIANT,
                    Feature.RECALL_WITHOUT_HOST,
                    Feature.MIXED_STEPS,
                    Feature.BESIDE_STEPS,
                    Feature.TRUNCATION,
                    Feature.DEVICE_TENSORS,
                    Feature.ATTENTION_SCALE,
                    Feature.LAYER_WINDOWS,
                    Feature.LAYER_BUDGETS,
                    Feature.GROUP_BUDGETS)
            .tensorAlignment(TENSOR_ALIGNMENT)
            .blockSizes(Unit.PAGES, ScoreWork.WARPS, ScoreWork.WARPS * ScoreWork.PAGES)
            .build();

    private final CudaOptions options;
    private final Device device;
    private final Kernels kernels;

    /** A backend on a device that is known to be there, with its name in words. */
    public CudaBackend(String name, CudaOptions options, Driver driver) {
        super(ID, name, capabilities(options), options.immediateChecks());
        this.options = options;
        device = device(driver, options.device());
        kernels = new Kernels(device);
    }

    private static Capabilities capabilities(CudaOptions options) {
        var bound = SlotLayout.bound(options.store());
        int split = Splits.of(options.store()).target() / 2;
        return CAPABILITIES.toBuilder()
                .blockSizes(Unit.TOKENS, Splits.UNIT, AttentionWork.PREFILL_ROWS, split)
                .storedRows(bound, bound)
                .build();
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
    protected CheckedCache<?, ?> doOpen(CacheSpec spec) {
        requireCountable("device slots", spec.deviceSlots());
        requireCountable("host slots", spec.hostSlots());
        device.enter();
        return new CudaCache(this, spec, device, kernels.load(spec.elementType(), options.store()), options);
    }

    /** Page tables name slots by ints. No GPU has memory for as many. */
    private static void requireCountable(String pool, long slots) {
        int most = 1 << 30;
        if (slots > most) {
            throw new CapacityException(pool, slots, most);
        }
    }

    @Override
    protected boolean isLost() {
        return device.isLost();
    }

    @Override
    protected void doClose() {
        try (device;
                kernels) {
            if (!device.isLost()) {
                device.enter();
            }
        }
    }
}
