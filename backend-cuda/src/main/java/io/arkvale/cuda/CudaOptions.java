package io.arkvale.cuda;

import io.arkvale.api.BackendOption;
import io.arkvale.core.OptionValues;
import io.arkvale.cuda.kernel.Store;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The options of the backend, parsed.
 *
 * @param device number of the GPU, as the driver counts those it shows
 * @param immediateChecks whether a non-finite value is an error at the call that brings it; each call then waits for it
 * @param timedParts whether kernels note when they begin and end, for the reports of steps
 * @param store how slots hold keys and values
 */
public record CudaOptions(int device, boolean immediateChecks, boolean timedParts, Store store) {
    private static final int MOST_DEVICES = 64;

    private static final BackendOption DEVICE =
            new BackendOption("device", "0", "0 to " + (MOST_DEVICES - 1), "which of the visible GPUs to use");
    private static final BackendOption TIMING =
            new BackendOption("timing", "off", "off, parts", "whether steps report the time of their parts");

    private static final BackendOption STORE = new BackendOption(
            "store",
            "element",
            "element, int8, fp8",
            "how keys and values are kept: in the cache's element type, or in 8 bits with a scale per token and head,"
                    + " whole numbers or E4M3, which needs compute capability 8.9");

    public static final List<BackendOption> ALL = List.of(DEVICE, STORE, OptionValues.CHECKS, TIMING);

    public static CudaOptions parse(Map<String, String> given) {
        var values = new OptionValues(ALL, given);
        return new CudaOptions(
                values.number(DEVICE, 0, MOST_DEVICES - 1),
                values.immediateChecks(),
                values.isSecond(TIMING, "off", "parts"),
                store(values.get(STORE)));
    }

    private static Store store(String value) {
        return Arrays.stream(Store.values())
                .filter(store -> store.option().equals(value))
                .findFirst()
                .orElseThrow(() -> STORE.reject(value));
    }
}
