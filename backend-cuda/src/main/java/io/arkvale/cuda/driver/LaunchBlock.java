package io.arkvale.cuda.driver;

import io.arkvale.cuda.driver.Kernels.Grid;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A launch as the driver wants it described, in memory that every launch of a queue writes anew: the driver takes it at
 * once. By a call that JCuda lacks, which may let a launch begin before the one in front of it is over.
 */
public final class LaunchBlock {
    /** {@code CUlaunchConfig}: seven numbers of 32 bits, the stream, the attributes, how many they are. */
    private static final int THREADS_AT = 12;

    private static final int SHARED_AT = 24;
    private static final int STREAM_AT = 32;
    private static final int ATTRIBUTES_AT = 40;
    private static final int COUNT_AT = 48;

    /** {@code CUlaunchAttribute}: which one, then its value at 8. */
    private static final int ATTRIBUTE_AT = 56;

    private static final int ATTRIBUTE_BYTES = 72;

    /** {@code CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION}. */
    private static final int PROGRAMMATIC = 6;

    /** A list of pointers to the arguments, of which there is one. */
    private static final int POINTERS_AT = ATTRIBUTE_AT + ATTRIBUTE_BYTES;

    private static final int ARGUMENTS_AT = POINTERS_AT + Long.BYTES;

    private final MemorySegment config;
    private final MemorySegment pointers;
    private final ByteBuffer arguments;

    /** Room for a launch with so many bytes of arguments. Freed when nothing refers to it any more. */
    LaunchBlock(int argumentBytes) {
        config = Arena.ofAuto().allocate(ARGUMENTS_AT + (long) argumentBytes, Long.BYTES);
        config.set(ValueLayout.JAVA_INT, THREADS_AT + Integer.BYTES, 1);
        config.set(ValueLayout.JAVA_INT, THREADS_AT + 2 * Integer.BYTES, 1);
        config.set(ValueLayout.JAVA_LONG, ATTRIBUTES_AT, config.address() + ATTRIBUTE_AT);
        config.set(ValueLayout.JAVA_INT, ATTRIBUTE_AT, PROGRAMMATIC);
        config.set(ValueLayout.JAVA_INT, ATTRIBUTE_AT + 8, 1);
        pointers = config.asSlice(POINTERS_AT, Long.BYTES);
        pointers.set(ValueLayout.JAVA_LONG, 0, config.address() + ARGUMENTS_AT);
        arguments = config.asSlice(ARGUMENTS_AT).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** The arguments of the launch: one structure, by value. */
    public ByteBuffer arguments() {
        return arguments;
    }

    /** Whether the kernel may begin before the one in front of it is over. */
    public boolean isEarly() {
        return config.get(ValueLayout.JAVA_INT, COUNT_AT) != 0;
    }

    void describe(LaunchStream stream, Grid grid, int threads, int sharedBytes, boolean early) {
        config.set(ValueLayout.JAVA_INT, 0, grid.x());
        config.set(ValueLayout.JAVA_INT, Integer.BYTES, grid.y());
        config.set(ValueLayout.JAVA_INT, 2 * Integer.BYTES, grid.z());
        config.set(ValueLayout.JAVA_INT, THREADS_AT, threads);
        config.set(ValueLayout.JAVA_INT, SHARED_AT, sharedBytes);
        config.set(ValueLayout.JAVA_LONG, STREAM_AT, stream.handle());
        config.set(ValueLayout.JAVA_INT, COUNT_AT, early ? 1 : 0);
    }

    /** {@code cuLaunchKernelEx}. */
    int launch(KernelFunction function) {
        try {
            return (int) Call.LAUNCH.invokeExact(config, function.handle(), pointers, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new AssertionError("a call of the driver does not throw", e);
        }
    }

    /** Looked up when it is first needed, from the library that JCuda has loaded. */
    private static final class Call {
        static final MethodHandle LAUNCH = DriverLibrary.handle(
                "cuLaunchKernelEx",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS));
    }
}
