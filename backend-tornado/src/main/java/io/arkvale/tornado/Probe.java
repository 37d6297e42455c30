package io.arkvale.tornado;

import io.arkvale.api.Availability;
import io.arkvale.api.Availability.Unavailable;
import io.arkvale.api.Backend;
import org.jspecify.annotations.Nullable;

/** Finds out whether TornadoVM can be used here, and what is missing if not. */
final class Probe {
    /** The class that is there only if the module was built with TornadoVM. */
    static final String DRIVER = "io.arkvale.tornado.TornadoDriver";

    /**
     * How many events TornadoVM lets an operation wait for. It reads this once, when it is loaded, and clears that many
     * places for every list of events in every execution: with its default of 32,768 this takes longer than all else that it
     * does on the host.
     */
    static final String MOST_EVENTS = "tornado.max.events";

    /** More than an operation of ours could wait for: those on all arrays of a graph. */
    private static final String ENOUGH_EVENTS = "256";

    /** A class whose initialiser failed says why only once. */
    private static @Nullable Unavailable broken;

    private Probe() {}

    static synchronized Availability device(int number) {
        var known = broken;
        if (known != null) {
            return known;
        }
        var missing = SdkFound.here().missing();
        if (missing != null) {
            return missing;
        }
        try {
            return NativeOutput.toStandardError(() -> driver().device(number));
        } catch (LinkageError | RuntimeException e) {
            var reason = failed(e);
            broken = reason;
            return reason;
        }
    }

    static Unavailable failed(Throwable error) {
        return new Unavailable(
                "TornadoVM finds no driver or device: " + ErrorText.of(error),
                "install what the SDK's backend needs: an OpenCL driver such as pocl-opencl-icd with ocl-icd-libopencl1, "
                        + "or an NVIDIA driver for PTX and CUDA; clinfo or nvidia-smi must list a device");
    }

    /** The backend on a device that is available. */
    static Backend create(TornadoOptions options) {
        return NativeOutput.toStandardError(() -> driver().create(options));
    }

    /** The part that names TornadoVM. */
    private static Driver driver() {
        if (System.getProperty(MOST_EVENTS) == null) {
            System.setProperty(MOST_EVENTS, ENOUGH_EVENTS);
        }
        try {
            return Class.forName(DRIVER)
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(DRIVER + " cannot be created", e);
        }
    }
}
