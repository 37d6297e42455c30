package io.arkvale.tornado;

import io.arkvale.api.Availability.Unavailable;
import java.io.File;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the virtual machine was started with.
 *
 * @param kernels whether the module was built with the kernels for TornadoVM
 * @param api whether TornadoVM's interface can be loaded
 * @param jars whether TornadoVM's jars are on the module path, which alone does not load them
 * @param version TornadoVM's version, as its jar tells it; null if it does not
 * @param flags whether TornadoVM's flags are there
 * @param strict whether a kernel that does not compile is an error
 */
record SdkFound(
        boolean kernels,
        boolean api,
        boolean jars,
        @Nullable String version,
        boolean flags,
        boolean strict) {
    /** What the backend was written for and tried with. The kernels keep clear of this version's faults. */
    static final String VERSION = "5.2";

    /** The JDK that the SDK must be made for: it replaces the JDK's compiler. */
    static final String JDK = "jdk25";

    /** By default a kernel that does not compile is run as sequential Java, which looks like success. */
    static final String BAILOUT = "tornado.recover.bailout";

    static final String SET_HOME = "set TORNADOVM_HOME to an SDK of TornadoVM " + VERSION
            + " for JDK 25 and start with "
            + "./arkvale, which adds what TornadoVM needs; to start java yourself, add -D" + BAILOUT + "=False, put "
            + "$TORNADOVM_HOME/share/java/tornado at the end of --module-path, and add @$TORNADOVM_HOME/tornado-argfile, "
            + "or, in an SDK that has only tornado-argfile.template, a copy of it with the path in place of "
            + "${TORNADOVM_HOME}";

    private static final String API = "uk.ac.manchester.tornado.api.TaskGraph";

    private static final String API_MODULE = "tornado.api";

    /** Which class serves TornadoVM's interface; set by its flags and by nothing else. */
    private static final String IMPLEMENTATION = "tornado.load.api.implementation";

    static SdkFound here() {
        var api = load(API);
        return new SdkFound(
                load(Probe.DRIVER) != null,
                api != null,
                isOnModulePath(System.getProperty("jdk.module.path", "")),
                api == null ? null : version(api),
                System.getProperty(IMPLEMENTATION) != null,
                "false".equalsIgnoreCase(System.getProperty(BAILOUT)));
    }

    /** The first thing that is missing, or null if the device can be asked for. */
    @Nullable
    Unavailable missing() {
        if (!kernels) {
            return new Unavailable(
                    "this build of ArkVale has no kernels for TornadoVM",
                    "build with the Maven profile tornado (-P tornado); " + SET_HOME);
        }
        if (!api && jars) {
            return new Unavailable(
                    "TornadoVM's jars are on the module path, but the virtual machine was started without the flags "
                            + "that load them",
                    SET_HOME);
        }
        if (!api) {
            return new Unavailable("TornadoVM is not on the module path", SET_HOME);
        }
        if (version == null || !isServed(version)) {
            return new Unavailable(
                    "TornadoVM is there in version " + (version == null ? "unknown" : version) + ", but the backend is "
                            + "for " + VERSION + " built for JDK 25",
                    SET_HOME);
        }
        if (!flags) {
            return new Unavailable("the virtual machine was started without TornadoVM's flags", SET_HOME);
        }
        if (!strict) {
            return new Unavailable(
                    "-D" + BAILOUT + "=False is missing, without which a kernel that does not compile would run as "
                            + "sequential Java in silence",
                    SET_HOME);
        }
        return null;
    }

    private static boolean isServed(String version) {
        return version.startsWith(VERSION + ".") && version.endsWith("-" + JDK);
    }

    /** Whether a module path leads to TornadoVM, loaded or not. */
    static boolean isOnModulePath(String modulePath) {
        try {
            var parts = Stream.of(modulePath.split(File.pathSeparator, -1))
                    .filter(part -> !part.isBlank())
                    .map(Path::of)
                    .toArray(Path[]::new);
            return ModuleFinder.of(parts).find(API_MODULE).isPresent();
        } catch (FindException | InvalidPathException e) {
            return false;
        }
    }

    private static @Nullable String version(Class<?> type) {
        var descriptor = type.getModule().getDescriptor();
        var named = descriptor == null ? null : descriptor.rawVersion().orElse(null);
        return named == null ? type.getPackage().getImplementationVersion() : named;
    }

    private static @Nullable Class<?> load(String name) {
        try {
            return Class.forName(name, false, SdkFound.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }
}
