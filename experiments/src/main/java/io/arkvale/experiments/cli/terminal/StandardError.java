package io.arkvale.experiments.cli.terminal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Standard error of a process that the launcher started. There, what Java warns of before {@code main} goes through a filter,
 * and a file of another number is the real one.
 */
public final class StandardError {
    /** The number of the real file; not set by who starts the program without the launcher. */
    private static final String PROPERTY = "arkvale.stderr";

    private static final int NUMBER = 2;

    private StandardError() {}

    /** Makes the real file standard error again, for Java and for native code, so that the filter ends. */
    @SuppressWarnings("restricted") // a function of the C library with the types that POSIX gives it
    public static void takeBack() {
        var real = Integer.getInteger(PROPERTY);
        if (real == null) {
            return;
        }
        var linker = Linker.nativeLinker();
        var library = linker.defaultLookup();
        var number = ValueLayout.JAVA_INT;
        var dup2 = linker.downcallHandle(library.findOrThrow("dup2"), FunctionDescriptor.of(number, number, number));
        try {
            if ((int) dup2.invokeExact(real.intValue(), NUMBER) != NUMBER) {
                throw new IllegalStateException("file " + real + " is not open");
            }
        } catch (Throwable e) {
            throw new IllegalStateException("standard error cannot be taken back", e);
        }
    }
}
