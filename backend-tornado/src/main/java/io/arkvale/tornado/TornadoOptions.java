package io.arkvale.tornado;

import io.arkvale.api.BackendOption;
import java.util.List;
import java.util.Map;

/**
 * The options of the backend, parsed.
 *
 * @param device number of the device, as TornadoVM counts those of its first driver
 * @param immediateChecks whether a non-finite value is an error at the call that brings it
 */
record TornadoOptions(int device, boolean immediateChecks) {
    private static final int MOST_DEVICES = 64;

    private static final BackendOption DEVICE =
            new BackendOption("device", "0", "0 to " + (MOST_DEVICES - 1), "which of TornadoVM's devices to use");
    private static final BackendOption CHECKS = new BackendOption(
            "checks",
            "deferred",
            "deferred, immediate",
            "when non-finite values are reported: at commit or at the call");

    static final List<BackendOption> ALL = List.of(DEVICE, CHECKS);

    static TornadoOptions parse(Map<String, String> given) {
        var values = BackendOption.resolve(ALL, given);
        var checks = values.getOrDefault(CHECKS.name(), "");
        if (!checks.equals("deferred") && !checks.equals("immediate")) {
            throw CHECKS.reject(checks);
        }
        return new TornadoOptions(device(values.getOrDefault(DEVICE.name(), "")), checks.equals("immediate"));
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
