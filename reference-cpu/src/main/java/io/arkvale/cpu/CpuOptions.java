package io.arkvale.cpu;

import io.arkvale.api.BackendOption;
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
    private static final BackendOption CHECKS = new BackendOption(
            "checks",
            "deferred",
            "deferred, immediate",
            "when non-finite values are reported: at commit or at the call");

    static final List<BackendOption> ALL = List.of(KERNELS, THREADS, CHECKS);

    static CpuOptions parse(Map<String, String> given) {
        var values = BackendOption.resolve(ALL, given);
        return new CpuOptions(
                choice(KERNELS, values, "scalar", "vector"),
                threads(values.getOrDefault(THREADS.name(), "")),
                choice(CHECKS, values, "deferred", "immediate"));
    }

    Kernels kernels() {
        return vector ? Kernels.vector() : Kernels.scalar();
    }

    DenseKernels denseKernels() {
        return vector ? DenseKernels.vector() : DenseKernels.scalar();
    }

    /** True for the second of two allowed values, false for the first. */
    private static boolean choice(BackendOption option, Map<String, String> values, String no, String yes) {
        var value = values.getOrDefault(option.name(), "");
        if (value.equals(yes)) {
            return true;
        }
        if (value.equals(no)) {
            return false;
        }
        throw option.reject(value);
    }

    private static int threads(String value) {
        if (value.equals("auto")) {
            return Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        }
        try {
            int threads = Integer.parseInt(value);
            if (threads >= 1 && threads <= MOST_THREADS) {
                return threads;
            }
        } catch (NumberFormatException e) {
            throw THREADS.reject(value);
        }
        throw THREADS.reject(value);
    }
}
