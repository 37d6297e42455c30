package io.arkvale.tornado;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps standard output free for results: TornadoVM's native code prints its errors there. While a piece of work runs,
 * what the process writes to standard output goes to standard error. This holds for the whole process, so it is done only
 * where TornadoVM looks for devices or is given one.
 */
final class NativeOutput {
    private static final int OUTPUT = 1;
    private static final int ERROR = 2;

    /** The C library's functions; null where they are not there, or where native access is refused. */
    private static final @Nullable Files FILES = Files.find();

    private NativeOutput() {}

    /** Does the work, and returns what it returns. */
    static synchronized <T> T toStandardError(Supplier<T> work) {
        if (FILES == null) {
            return work.get();
        }
        System.out.flush();
        FILES.flush();
        int kept = FILES.duplicate(OUTPUT);
        if (kept < 0) {
            return work.get();
        }
        try {
            FILES.replace(ERROR, OUTPUT);
            return work.get();
        } finally {
            System.out.flush();
            FILES.flush();
            FILES.replace(kept, OUTPUT);
            FILES.close(kept);
        }
    }

    /** Functions of the C library on the files of a process. */
    private static final class Files {
        private final MethodHandle dup;
        private final MethodHandle dup2;
        private final MethodHandle close;
        private final MethodHandle fflush;

        @SuppressWarnings("restricted") // four functions of the C library with the types that POSIX gives them
        private Files(Linker linker, SymbolLookup library) {
            var number = ValueLayout.JAVA_INT;
            dup = linker.downcallHandle(library.findOrThrow("dup"), FunctionDescriptor.of(number, number));
            dup2 = linker.downcallHandle(library.findOrThrow("dup2"), FunctionDescriptor.of(number, number, number));
            close = linker.downcallHandle(library.findOrThrow("close"), FunctionDescriptor.of(number, number));
            fflush = linker.downcallHandle(
                    library.findOrThrow("fflush"), FunctionDescriptor.of(number, ValueLayout.ADDRESS));
        }

        static @Nullable Files find() {
            try {
                var linker = Linker.nativeLinker();
                return new Files(linker, linker.defaultLookup());
            } catch (IllegalCallerException | UnsupportedOperationException | NoSuchElementException e) {
                return null;
            }
        }

        int duplicate(int file) {
            return call(() -> (int) dup.invokeExact(file));
        }

        void replace(int source, int target) {
            int result = call(() -> (int) dup2.invokeExact(source, target));
            if (result < 0) {
                throw new IllegalStateException("standard output cannot be moved");
            }
        }

        void close(int file) {
            call(() -> (int) close.invokeExact(file));
        }

        /** Writes out what C code has printed but still holds. */
        void flush() {
            call(() -> (int) fflush.invokeExact(MemorySegment.NULL));
        }

        private interface Call {
            int run() throws Throwable;
        }

        private static int call(Call call) {
            try {
                return call.run();
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
