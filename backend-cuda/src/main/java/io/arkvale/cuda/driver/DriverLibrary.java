package io.arkvale.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** The driver's library, for the calls that JCuda lacks: the one that JCuda has loaded. */
final class DriverLibrary {
    private DriverLibrary() {}

    /** A call of it. */
    @SuppressWarnings("restricted") // the signatures are the driver's
    static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        boolean isWindows =
                System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        var library = SymbolLookup.libraryLookup(isWindows ? "nvcuda" : "libcuda.so.1", Arena.global());
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }
}
