package io.arkvale.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the host that NVIDIA's driver keeps in its place, so that the device reads and writes it. TornadoVM pins what
 * it sends, too, but gives up the pins of all plans when one plan closes; a recorded CUDA graph, which goes on copying from
 * there, then ends the process. What is pinned here before TornadoVM sees it stays pinned.
 */
final class PinnedMemory {
    /** The driver's functions; null where there is no driver, or where native access is refused. */
    private static final @Nullable Calls CALLS = Calls.find();

    private PinnedMemory() {}

    /**
     * Pins memory, by the context that the calling thread has used last.
     *
     * @return false where that cannot be done; nothing is pinned then
     */
    static boolean pin(List<MemorySegment> segments) {
        if (CALLS == null || !CALLS.hasContext()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!CALLS.register(segments.get(i))) {
                giveUp(segments.subList(0, i));
                return false;
            }
        }
        return true;
    }

    /**
     * Gives up the pins of memory that is about to be freed, whoever made them. TornadoVM with PTX forgets those of what only
     * kernels used; the next memory at the same addresses would then be refused, or be copied from where the old one was.
     * To be called by a thread that has used a device, as the one has that closes a plan; for any other there are no pins.
     */
    static void giveUp(List<MemorySegment> segments) {
        if (CALLS != null && CALLS.hasContext()) {
            segments.forEach(CALLS::unregister);
        }
    }

    /** Functions of NVIDIA's driver. */
    private static final class Calls {
        private static final int SUCCESS = 0;

        /** Pinned for all contexts of the process. */
        private static final int PORTABLE = 1;

        private final MethodHandle getCurrent;
        private final MethodHandle register;
        private final MethodHandle unregister;

        @SuppressWarnings("restricted") // three functions of the driver with the types that its header gives them
        private Calls(Linker linker, SymbolLookup driver) {
            var address = ValueLayout.ADDRESS;
            var number = ValueLayout.JAVA_INT;
            getCurrent = linker.downcallHandle(
                    driver.findOrThrow("cuCtxGetCurrent"), FunctionDescriptor.of(number, address));
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

        /** Whether the calling thread has a context. */
        boolean hasContext() {
            try (var arena = Arena.ofConfined()) {
                var context = arena.allocate(ValueLayout.ADDRESS);
                return (int) getCurrent.invokeExact(context) == SUCCESS
                        && context.get(ValueLayout.ADDRESS, 0).address() != 0;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
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

        /** A driver that is shut down refuses, and has given everything up; so does one that has not pinned this. */
        void unregister(MemorySegment segment) {
            try {
                int ignored = (int) unregister.invokeExact(segment);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
