package io.arkvale.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * The two calls of the driver that take an event of the caller's, which is a number: JCuda has no way to make an event of
 * one. Loaded when they are first needed, from the library that JCuda has loaded.
 */
final class CallersEvents {
    private static final MethodHandle AWAIT = handle(
            "cuStreamWaitEvent",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private static final MethodHandle RECORD = handle(
            "cuEventRecord", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private CallersEvents() {}

    @SuppressWarnings("restricted") // the signatures are the driver's
    static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        boolean isWindows =
                System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        var library = SymbolLookup.libraryLookup(isWindows ? "nvcuda" : "libcuda.so.1", Arena.global());
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }

    static int await(long stream, long event) {
        try {
            return (int) AWAIT.invokeExact(stream, event, 0);
        } catch (Throwable e) {
            throw new AssertionError("a call of the driver does not throw", e);
        }
    }

    static int record(long event, long stream) {
        try {
            return (int) RECORD.invokeExact(event, stream);
        } catch (Throwable e) {
            throw new AssertionError("a call of the driver does not throw", e);
        }
    }
}
