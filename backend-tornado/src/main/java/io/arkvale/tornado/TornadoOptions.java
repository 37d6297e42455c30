package io.arkvale.tornado;

import io.arkvale.api.BackendOption;
import java.util.List;
import java.util.Map;

/**
 * The options of the backend, parsed.
 *
 * @param device number of the device, as TornadoVM counts those of its first driver
 * @param immediateChecks whether a non-finite value is an error at the call that brings it
 * @param timedParts whether TornadoVM's profiler takes the time of kernels, for the reports of steps
 */
record TornadoOptions(int device, boolean immediateChecks, boolean timedParts) {
    private static final int MOST_DEVICES = 64;

    private static final BackendOption DEVICE =
            new BackendOption("device", "0", "0 to " + (MOST_DEVICES - 1), "which of TornadoVM's devices to use");
    private static final BackendOption CHECKS = new BackendOption(
            "checks",
            "deferred",
            "deferred, immediate",
            "when non-finite values are reported: at commit or at the call");
    private static final BackendOption TIMING =
            new BackendOption("timing", "off", "off, parts", "whether steps report the device time of their parts");

    static final List<BackendOption> ALL = List.of(DEVICE, CHECKS, TIMING);

    static TornadoOptions parse(Map<String, String> given) {
        var values = BackendOption.resolve(ALL, given);
        return new TornadoOptions(
                device(values.getOrDefault(DEVICE.name(), "")),
                isSecond(CHECKS, values, "deferred", "immediate"),
                isSecond(TIMING, values, "off", "parts"));
    }

    private static boolean isSecond(BackendOption option, Map<String, String> values, String first, String second) {
        var value = values.getOrDefault(option.name(), "");
        if (!value.equals(first) && !value.equals(second)) {
            throw option.reject(value);
        }
        return value.equals(second);
    }

    private static int device(String value) {
        try {
            int device = Integer.parseInt(value);
            if (device >= 0 && device < MOST_DEVICES) {
                return device;
            }
        } catch (NumberFormatException e) {
            // Reported below, as a number out of range is.
        }
        throw DEVICE.reject(value);
    }
}
