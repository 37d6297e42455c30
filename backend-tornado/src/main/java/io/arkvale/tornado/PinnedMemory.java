package io.arkvale.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the host that NVIDIA's driver keeps in its place, so that the device reads and writes it. TornadoVM pins what
 * it sends, too, but gives up the pins of all plans when one plan closes; a recorded CUDA graph, which goes on copying from
 * there, then ends the process. What is pinned here before TornadoVM sees it stays pinned.
 */
final class PinnedMemory implements AutoCloseable {
    /** The driver's functions; null where there is no driver, or where native access is refused. */
    private static final @Nullable Calls CALLS = Calls.find();

    private final Calls calls;
    private final MemorySegment context;
    private final List<MemorySegment> pinned = new ArrayList<>();

    private PinnedMemory(Calls calls, MemorySegment context) {
        this.calls = calls;
        this.context = context;
    }

    /**
     * Pins memory, by the context that the calling thread has used last.
     *
     * @return null where that cannot be done; nothing is pinned then
     */
    static @Nullable PinnedMemory pin(List<MemorySegment> segments) {
        var context = CALLS == null ? null : CALLS.current();
        if (CALLS == null || context == null) {
            return null;
        }
        var memory = new PinnedMemory(CALLS, context);
        for (var segment : segments) {
            if (!CALLS.register(segment)) {
                memory.close();
                return null;
            }
            memory.pinned.add(segment);
        }
        return memory;
    }

    /**
     * Gives up the pins of memory that is about to be freed, whoever made them. TornadoVM with PTX forgets those of what only
     * kernels used; the next memory at the same addresses would then be refused, or be copied from where the old one was.
     */
    static void giveUp(List<MemorySegment> segments) {
        if (CALLS != null && CALLS.current() != null) {
            segments.forEach(CALLS::unregister);
        }
    }

    /** Gives the pins up, once nothing copies any more. */
    @Override
    public void close() {
        calls.use(context);
        pinned.forEach(calls::unregister);
        pinned.clear();
    }

    /** Functions of NVIDIA's driver. */
    private static final class Calls {
        private static final int SUCCESS = 0;

        /** Pinned for all contexts of the process. */
        private static final int PORTABLE = 1;

        private final MethodHandle getCurrent;
        private final MethodHandle setCurrent;
        private final MethodHandle register;
        private final MethodHandle unregister;

        @SuppressWarnings("restricted") // four functions of the driver with the types that its header gives them
        private Calls(Linker linker, SymbolLookup driver) {
            var address = ValueLayout.ADDRESS;
            var number = ValueLayout.JAVA_INT;
            getCurrent = linker.downcallHandle(
                    driver.findOrThrow("cuCtxGetCurrent"), FunctionDescriptor.of(number, address));
            setCurrent = linker.downcallHandle(
                    driver.findOrThrow("cuCtxSetCurrent"), FunctionDescriptor.of(number, address));
            register = linker.downcallHandle(
                    driver.findOrThrow("cuMemHostRegister_v2"),
                    FunctionDescriptor.of(number, address, ValueLayout.JAVA_LONG, number));
            unregister = linker.downcallHandle(
                    driver.findOrThrow("cuMemHostUnregister"), FunctionDescriptor.of(number, address));
        }

        @SuppressWarnings("restricted") // the driver's own library
        static @Nullable Calls find() {
            try {
                var name = System.getProperty("os.name").startsWith("Windows") ? "nvcuda.dll" : "libcuda.so.1";
                return new Calls(Linker.nativeLinker(), SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException
                    | IllegalCallerException
                    | UnsupportedOperationException
                    | NoSuchElementException e) {
                return null;
            }
        }

        /** The context of the calling thread, or null if it has none. */
        @Nullable
        MemorySegment current() {
            try (var arena = Arena.ofConfined()) {
                var context = arena.allocate(ValueLayout.ADDRESS);
                if ((int) getCurrent.invokeExact(context) != SUCCESS) {
                    return null;
                }
                var found = context.get(ValueLayout.ADDRESS, 0);
                return found.address() == 0 ? null : found;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        void use(MemorySegment context) {
            call(setCurrent, context);
        }

        boolean register(MemorySegment segment) {
            try {
                return (int) register.invokeExact(segment, segment.byteSize(), PORTABLE) == SUCCESS;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        void unregister(MemorySegment segment) {
            call(unregister, segment);
        }

        /** A driver that is shut down refuses, and has given everything up; so does one that has not pinned this. */
        private static void call(MethodHandle function, MemorySegment argument) {
            try {
                int ignored = (int) function.invokeExact(argument);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
