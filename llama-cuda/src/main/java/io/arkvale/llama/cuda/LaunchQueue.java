package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Queues kernels in a stream. A launch's arguments are given one after the other, then {@link #launch}. */
final class LaunchQueue implements AutoCloseable {
    private static final int MOST_ARGUMENTS = 20;
    /** {@code CUlaunchConfig}: blocks and threads, three numbers each, shared bytes, stream, attributes, how many they are. */
    private static final int THREADS_AT = 12;

    private static final int SHARED_AT = 24;
    private static final int STREAM_AT = 32;
    private static final int ATTRIBUTES_AT = 40;
    private static final int COUNT_AT = 48;

    /** {@code CUlaunchAttribute}: which one, and its value at 8. */
    private static final int ATTRIBUTE_AT = 56;

    private static final int VALUE_AT = ATTRIBUTE_AT + 8;
    private static final int ATTRIBUTE_BYTES = 72;

    /** {@code CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION}. */
    private static final int PROGRAMMATIC = 6;

    private static final int FILLING_BLOCKS = 1024;
    private static final int FILLING_THREADS = 256;

    private final DenseKernels kernels;
    private final Arena arena = Arena.ofShared();

    /** Of each argument 8 bytes, whatever its type. */
    private final MemorySegment arguments = arena.allocate(MOST_ARGUMENTS * Long.BYTES, Long.BYTES);

    /** Where the driver looks for each. */
    private final MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);

    private final MemorySegment launch = arena.allocate(ATTRIBUTE_AT + ATTRIBUTE_BYTES, Long.BYTES);

    private int given;

    LaunchQueue(DenseKernels kernels, CudaStream stream) {
        this.kernels = kernels;
        for (int size : new int[] {2 * Integer.BYTES, THREADS_AT + Integer.BYTES, THREADS_AT + 2 * Integer.BYTES}) {
            launch.set(ValueLayout.JAVA_INT, size, 1);
        }
        launch.set(ValueLayout.ADDRESS, STREAM_AT, stream.handle());
        launch.set(ValueLayout.ADDRESS, ATTRIBUTES_AT, launch.asSlice(ATTRIBUTE_AT));
        launch.set(ValueLayout.JAVA_INT, ATTRIBUTE_AT, PROGRAMMATIC);
        launch.set(ValueLayout.JAVA_INT, VALUE_AT, 1);
        for (int i = 0; i < MOST_ARGUMENTS; i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, arguments.asSlice((long) i * Long.BYTES));
        }
    }

    LaunchQueue with(long value) {
        arguments.setAtIndex(ValueLayout.JAVA_LONG, given++, value);
        return this;
    }

    LaunchQueue with(int value) {
        arguments.set(ValueLayout.JAVA_INT, (long) given++ * Long.BYTES, value);
        return this;
    }

    LaunchQueue with(float value) {
        arguments.set(ValueLayout.JAVA_FLOAT, (long) given++ * Long.BYTES, value);
        return this;
    }

    /** Address and stride of rows. */
    LaunchQueue with(CudaRows rows) {
        return with(rows.address()).with(rows.stride());
    }

    /** Launches a kernel, which begins when everything in front of it is over. */
    void launch(DenseKernels.Name name, ElementType type, int blocks, int blocksAcross, int threads) {
        launch(name, type, blocks, blocksAcross, threads, 0, false);
    }

    /** Launches a kernel that may begin while the one in front of it is at work, and waits by itself. */
    void launchEarly(DenseKernels.Name name, ElementType type, int blocks, int threads, int sharedBytes) {
        launch(name, type, blocks, 1, threads, sharedBytes, kernels.launchEarly());
    }

    private void launch(
            DenseKernels.Name name,
            ElementType type,
            int blocks,
            int blocksAcross,
            int threads,
            int sharedBytes,
            boolean early) {
        given = 0;
        if (blocks == 0) {
            return;
        }
        launch.set(ValueLayout.JAVA_INT, 0, blocks);
        launch.set(ValueLayout.JAVA_INT, Integer.BYTES, blocksAcross);
        launch.set(ValueLayout.JAVA_INT, THREADS_AT, threads);
        launch.set(ValueLayout.JAVA_INT, SHARED_AT, sharedBytes);
        launch.set(ValueLayout.JAVA_INT, COUNT_AT, early ? 1 : 0);
        try {
            int result = (int)
                    DriverCalls.LAUNCH.invokeExact(launch, kernels.function(name, type), pointers, MemorySegment.NULL);
            CudaDevice.check(result, name.function(type));
        } catch (Throwable e) {
            throw Native.thrown(e);
        }
    }

    /** Fills numbers that lie one after the other. */
    void randomize(long address, ElementType type, long count, float bound, long seed) {
        with(address).with(count).with(bound).with(seed);
        launch(DenseKernels.Name.RANDOMIZE, type, FILLING_BLOCKS, 1, FILLING_THREADS);
    }

    @Override
    public void close() {
        arena.close();
    }
}
