package io.arkvale.cpu;

import io.arkvale.api.BackendOption;
import io.arkvale.api.CacheSpec;
import io.arkvale.core.OptionValues;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.Kernels;
import java.util.List;
import java.util.Map;

/**
 * The options of the backend, parsed.
 *
 * @param vector whether kernels use the Vector API
 * @param threads threads that compute, the caller's included
 * @param immediateChecks whether a non-finite value is an error at the call that brings it
 */
record CpuOptions(boolean vector, int threads, boolean immediateChecks) {
    private static final int MOST_THREADS = 1024;

    private static final BackendOption KERNELS =
            new BackendOption("kernels", "vector", "vector, scalar", "how the arithmetic is done");
    private static final BackendOption THREADS = new BackendOption(
            "threads", "auto", "auto, 1 to " + MOST_THREADS, "threads that compute; auto is one a processor");

    static final List<BackendOption> ALL = List.of(KERNELS, THREADS, OptionValues.CHECKS);

    static CpuOptions parse(Map<String, String> given) {
        var values = new OptionValues(ALL, given);
        return new CpuOptions(values.isSecond(KERNELS, "scalar", "vector"), threads(values), values.immediateChecks());
    }

    private static int threads(OptionValues values) {
        return values.get(THREADS).equals("auto")
                ? Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors())
                : values.number(THREADS, 1, MOST_THREADS);
    }

    PageFormat format(CacheSpec spec) {
        return new PlainFormat(spec);
    }

    Kernels kernels() {
        return vector ? Kernels.vector() : Kernels.scalar();
    }

    DenseKernels denseKernels() {
        return vector ? DenseKernels.vector() : DenseKernels.scalar();
    }
}
