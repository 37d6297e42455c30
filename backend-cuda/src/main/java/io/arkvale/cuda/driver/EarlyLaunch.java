package io.arkvale.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * The driver's call that launches a kernel before the launch in front of it is over, which JCuda lacks. Loaded when it is first
 * needed, from the library that JCuda has loaded.
 */
final class EarlyLaunch {
    /** {@code CUlaunchConfig}: seven numbers of 32 bits, the stream, the attributes, how many they are. */
    private static final int STREAM_AT = 32;

    private static final int ATTRIBUTES_AT = 40;
    private static final int COUNT_AT = 48;
    private static final int CONFIG_BYTES = 56;

    /** {@code CUlaunchAttribute}: which one, then its value at 8. */
    private static final int ATTRIBUTE_BYTES = 72;

    /** {@code CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION}. */
    private static final int PROGRAMMATIC = 6;

    private static final MethodHandle LAUNCH = DriverLibrary.handle(
            "cuLaunchKernelEx",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));

    private EarlyLaunch() {}

    static int launch(long function, int[] grid, int threads, int sharedBytes, long stream, ByteBuffer arguments) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(CONFIG_BYTES + ATTRIBUTE_BYTES + Long.BYTES, Long.BYTES);
            MemorySegment.copy(grid, 0, memory, ValueLayout.JAVA_INT, 0, 3);
            MemorySegment.copy(new int[] {threads, 1, 1, sharedBytes}, 0, memory, ValueLayout.JAVA_INT, 12, 4);
            memory.set(ValueLayout.JAVA_LONG, STREAM_AT, stream);
            memory.set(ValueLayout.JAVA_LONG, ATTRIBUTES_AT, memory.address() + CONFIG_BYTES);
            memory.set(ValueLayout.JAVA_INT, COUNT_AT, 1);
            memory.set(ValueLayout.JAVA_INT, CONFIG_BYTES, PROGRAMMATIC);
            memory.set(ValueLayout.JAVA_INT, CONFIG_BYTES + 8, 1);
            var pointers = memory.asSlice(CONFIG_BYTES + ATTRIBUTE_BYTES);
            pointers.set(ValueLayout.ADDRESS, 0, MemorySegment.ofBuffer(arguments));
            return (int) LAUNCH.invokeExact(memory, function, pointers, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new AssertionError("a call of the driver does not throw", e);
        }
    }
}
