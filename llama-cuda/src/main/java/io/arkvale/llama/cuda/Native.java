package io.arkvale.llama.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/** Native libraries and calls of them. All calls here return an {@code int}, 0 for success. */
@SuppressWarnings("restricted") // the signatures are those of NVIDIA's headers
final class Native {
    private Native() {}

    /** A library by file or name, which stays loaded. */
    static Optional<SymbolLookup> library(String name) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the loader does not find it
        }
    }

    /** The NVIDIA driver's library, if there is one. */
    static Optional<SymbolLookup> driver() {
        boolean isWindows =
                System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return library(isWindows ? "nvcuda" : "libcuda.so.1");
    }

    /** A call by name; parameters are {@code a} for an address, {@code l} for 64 bits and {@code i} for 32. */
    static MethodHandle call(SymbolLookup library, String name, String parameters) {
        var layouts = parameters
                .chars()
                .mapToObj(kind -> switch (kind) {
                    case 'a' -> ValueLayout.ADDRESS;
                    case 'l' -> ValueLayout.JAVA_LONG;
                    case 'i' -> ValueLayout.JAVA_INT;
                    default -> throw new IllegalArgumentException(parameters);
                })
                .toArray(MemoryLayout[]::new);
        return Linker.nativeLinker()
                .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
    }

    /** Calls; for what is called seldom. */
    static int invoke(MethodHandle call, Object... arguments) {
        try {
            return (int) call.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    /** A native call throws nothing but what is wrong with its arguments. */
    static RuntimeException thrown(Throwable e) {
        if (e instanceof RuntimeException wrong) {
            return wrong;
        }
        throw new AssertionError("a native call does not throw", e);
    }

    /** A text that a call has left behind an address. */
    static String text(MemorySegment address) {
        return address.reinterpret(Long.MAX_VALUE).getString(0);
    }
}
