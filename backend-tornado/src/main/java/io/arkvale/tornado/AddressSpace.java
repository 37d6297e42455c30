package io.arkvale.tornado;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Addresses on the host with no memory behind them but the first few. TornadoVM wants a host array as large as the device's
 * and would hold, and on NVIDIA's devices pin, as much memory, which nobody ever reads or writes. Whoever touches more than
 * the first {@link #USABLE} bytes ends the process.
 */
final class AddressSpace implements AutoCloseable {
    /** Bytes at the start that can be read and written: a page of any size in use. */
    static final long USABLE = 1 << 16;

    /** The C library's functions; null where they are not there, or where native access is refused. */
    private static final @Nullable Calls CALLS = Calls.find();

    private final Calls calls;
    private final MemorySegment segment;

    private AddressSpace(Calls calls, MemorySegment segment) {
        this.calls = calls;
        this.segment = segment;
    }

    /**
     * Reserves addresses, aligned to a page.
     *
     * @param bytes at least 1
     * @return null where this cannot be done: not on Linux, without native access, or without so many addresses
     */
    static @Nullable AddressSpace reserve(long bytes) {
        if (CALLS == null) {
            return null;
        }
        var segment = CALLS.reserve(Math.max(bytes, USABLE));
        return segment == null ? null : new AddressSpace(CALLS, segment.asSlice(0, bytes));
    }

    /** The addresses, as many as were asked for. */
    MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        calls.release(segment.address(), Math.max(segment.byteSize(), USABLE));
    }

    /** Functions of the C library on a process's memory, with the constants of Linux. */
    private static final class Calls {
        private static final int NO_ACCESS = 0;
        private static final int READ_AND_WRITE = 3;
        private static final int PRIVATE_ANONYMOUS_UNRESERVED = 0x2 | 0x20 | 0x4000;
        private static final long FAILED = -1;

        private final MethodHandle mmap;
        private final MethodHandle mprotect;
        private final MethodHandle munmap;

        @SuppressWarnings("restricted") // three functions of the C library with the types that POSIX gives them
        private Calls(Linker linker) {
            var address = ValueLayout.ADDRESS;
            var number = ValueLayout.JAVA_INT;
            var size = ValueLayout.JAVA_LONG;
            var library = linker.defaultLookup();
            mmap = linker.downcallHandle(
                    library.findOrThrow("mmap"),
                    FunctionDescriptor.of(address, address, size, number, number, number, size));
            mprotect = linker.downcallHandle(
                    library.findOrThrow("mprotect"), FunctionDescriptor.of(number, address, size, number));
            munmap = linker.downcallHandle(library.findOrThrow("munmap"), FunctionDescriptor.of(number, address, size));
        }

        static @Nullable Calls find() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return null;
            }
            try {
                return new Calls(Linker.nativeLinker());
            } catch (IllegalCallerException | UnsupportedOperationException | NoSuchElementException e) {
                return null;
            }
        }

        @SuppressWarnings("restricted") // exactly the bytes that were mapped
        @Nullable
        MemorySegment reserve(long bytes) {
            try {
                var start = (MemorySegment)
                        mmap.invokeExact(MemorySegment.NULL, bytes, NO_ACCESS, PRIVATE_ANONYMOUS_UNRESERVED, -1, 0L);
                if (start.address() == FAILED) {
                    return null;
                }
                if ((int) mprotect.invokeExact(start, USABLE, READ_AND_WRITE) != 0) {
                    release(start.address(), bytes);
                    return null;
                }
                return start.reinterpret(bytes);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        void release(long address, long bytes) {
            try {
                int result = (int) munmap.invokeExact(MemorySegment.ofAddress(address), bytes);
                if (result != 0) {
                    throw new IllegalStateException("addresses cannot be given back");
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
