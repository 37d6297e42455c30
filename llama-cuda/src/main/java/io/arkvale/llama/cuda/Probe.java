package io.arkvale.llama.cuda;

import io.arkvale.api.Availability;
import io.arkvale.api.Availability.Available;
import io.arkvale.api.Availability.Unavailable;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/** Finds out whether there is a GPU. */
final class Probe {
    private static final int NAME_BYTES = 256;

    private Probe() {}

    static Availability gpu(int number) {
        if (Native.driver().isEmpty()) {
            return new Unavailable(
                    "there is no NVIDIA driver: libcuda.so.1 is not found", "install the driver, version 580 or later");
        }
        try (var arena = Arena.ofConfined()) {
            int result = Native.invoke(DriverCalls.INIT, 0);
            if (result != 0) {
                return new Unavailable(
                        "the NVIDIA driver does not start: " + CudaDevice.errorName(result), "check nvidia-smi");
            }
            var value = arena.allocate(ValueLayout.JAVA_INT);
            Native.invoke(DriverCalls.DEVICE_COUNT, value);
            int count = value.get(ValueLayout.JAVA_INT, 0);
            if (number >= count) {
                return new Unavailable(
                        "there is no GPU " + number + ", the driver shows " + count,
                        "choose one of them with the option device, or set CUDA_VISIBLE_DEVICES");
            }
            var name = arena.allocate(NAME_BYTES);
            Native.invoke(DriverCalls.DEVICE_GET, value, number);
            Native.invoke(DriverCalls.DEVICE_NAME, name, NAME_BYTES, value.get(ValueLayout.JAVA_INT, 0));
            return new Available(name.getString(0));
        }
    }
}
