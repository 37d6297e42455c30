package io.arkvale.tornado;

import io.arkvale.api.Availability;
import io.arkvale.api.Availability.Unavailable;
import org.jspecify.annotations.Nullable;

/** Finds out whether TornadoVM can be used here, and what is missing if not. */
final class Probe {
    /** The class that is there only if the module was built with TornadoVM. */
    private static final String DRIVER = "io.arkvale.tornado.TornadoDriver";

    private static final String API = "uk.ac.manchester.tornado.api.TaskGraph";

    /** By default a kernel that does not compile is run as sequential Java, which looks like success. */
    static final String BAILOUT = "tornado.recover.bailout";

    /** Which class serves TornadoVM's interface; set by its flags and by nothing else. */
    private static final String IMPLEMENTATION = "tornado.load.api.implementation";

    private static final String SET_HOME = "set TORNADOVM_HOME to an SDK of TornadoVM 5.2.0 for JDK 25 and start with "
            + "./arkvale, which adds the flags: @$TORNADOVM_HOME/tornado-argfile, -D" + BAILOUT + "=False, and "
            + "$TORNADOVM_HOME/share/java/tornado at the end of --module-path";

    /** A class whose initialiser failed says why only once. */
    private static @Nullable Unavailable broken;

    private Probe() {}

    static synchronized Availability device(int number) {
        var known = broken;
        if (known != null) {
            return known;
        }
        if (!isPresent(DRIVER)) {
            return new Unavailable(
                    "this build of ArkVale has no kernels for TornadoVM",
                    "build with the Maven profile tornado (-P tornado); " + SET_HOME);
        }
        if (!isPresent(API)) {
            return new Unavailable("TornadoVM is not on the module path", SET_HOME);
        }
        if (System.getProperty(IMPLEMENTATION) == null) {
            return new Unavailable("the virtual machine was started without TornadoVM's flags", SET_HOME);
        }
        if (!"false".equalsIgnoreCase(System.getProperty(BAILOUT))) {
            return new Unavailable(
                    "-D" + BAILOUT + "=False is missing, without which a kernel that does not compile would run as "
                            + "sequential Java in silence",
                    SET_HOME);
        }
        try {
            return driver().device(number);
        } catch (LinkageError | RuntimeException e) {
            var reason = failed(e);
            broken = reason;
            return reason;
        }
    }

    static Unavailable failed(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new Unavailable(
                "TornadoVM finds no driver or device: "
                        + cause.toString().lines().findFirst().orElse(""),
                "install what the SDK's backend needs: an OpenCL driver such as pocl-opencl-icd with ocl-icd-libopencl1, "
                        + "or an NVIDIA driver for PTX and CUDA; clinfo or nvidia-smi must list a device");
    }

    /** The part that names TornadoVM. */
    static Driver driver() {
        try {
            return Class.forName(DRIVER)
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(DRIVER + " cannot be created", e);
        }
    }

    private static boolean isPresent(String name) {
        try {
            Class.forName(name, false, Probe.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
