package io.arkvale.cpu;

import io.arkvale.api.BackendOption;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.core.OptionValues;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.storage.StorageFormat;
import java.util.List;
import java.util.Map;

/**
 * The options of the backend, parsed.
 *
 * @param vector whether kernels use the Vector API
 * @param threads threads that compute, the caller's included
 * @param immediateChecks whether a non-finite value is an error at the call that brings it
 * @param storeBits bits per element in which keys and values are kept, 8 or 4, or 0 for the cache's element type
 */
record CpuOptions(boolean vector, int threads, boolean immediateChecks, int storeBits) {
    private static final int MOST_THREADS = 1024;

    private static final BackendOption KERNELS =
            new BackendOption("kernels", "vector", "vector, scalar", "how the arithmetic is done");
    private static final BackendOption THREADS = new BackendOption(
            "threads", "auto", "auto, 1 to " + MOST_THREADS, "threads that compute; auto is one per processor");

    private static final BackendOption STORE = new BackendOption(
            "store",
            "element",
            "element, int8, int4",
            "how keys and values are kept: in the cache's element type, or in 8 or 4 bits with a scale per token and head");

    static final List<BackendOption> ALL = List.of(KERNELS, THREADS, STORE, OptionValues.CHECKS);

    static CpuOptions parse(Map<String, String> given) {
        var values = new OptionValues(ALL, given);
        return new CpuOptions(
                values.isSecond(KERNELS, "scalar", "vector"),
                threads(values),
                values.immediateChecks(),
                storeBits(values.get(STORE)));
    }

    private static int threads(OptionValues values) {
        return values.get(THREADS).equals("auto")
                ? Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors())
                : values.number(THREADS, 1, MOST_THREADS);
    }

    private static int storeBits(String value) {
        return switch (value) {
            case "element" -> 0;
            case "int8" -> 8;
            case "int4" -> 4;
            default -> throw STORE.reject(value);
        };
    }

    PageFormat format(CacheSpec spec) {
        var codec = kernels().codec(StorageFormat.valueOf(spec.elementType().name()));
        return storeBits == 0 ? new PlainFormat(spec) : new CoarseFormat(spec, codec, storeBits);
    }

    /** How far stored rows may lie from those given. */
    RowBound storedRows() {
        return storeBits == 0 ? RowBound.EXACT : CoarseFormat.bound(storeBits);
    }

    Kernels kernels() {
        return vector ? Kernels.vector() : Kernels.scalar();
    }

    DenseKernels denseKernels() {
        return vector ? DenseKernels.vector() : DenseKernels.scalar();
    }
}
