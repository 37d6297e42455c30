package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Queues kernels in a stream. A launch's arguments are given one after the other, then {@link #launch}. */
final class LaunchQueue implements AutoCloseable {
    private static final int MOST_ARGUMENTS = 10;
    private static final int FILLING_BLOCKS = 1024;
    private static final int FILLING_THREADS = 256;

    private final DenseKernels kernels;
    private final CudaStream stream;
    private final Arena arena = Arena.ofShared();

    /** Of each argument 8 bytes, whatever its type. */
    private final MemorySegment arguments = arena.allocate(MOST_ARGUMENTS * Long.BYTES, Long.BYTES);

    /** Where the driver looks for each. */
    private final MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);

    private int given;

    LaunchQueue(DenseKernels kernels, CudaStream stream) {
        this.kernels = kernels;
        this.stream = stream;
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

    void launch(DenseKernels.Name name, ElementType type, int blocks, int blocksAcross, int threads) {
        given = 0;
        if (blocks == 0) {
            return;
        }
        try {
            int result = (int) DriverCalls.LAUNCH.invokeExact(
                    kernels.function(name, type),
                    blocks,
                    blocksAcross,
                    1,
                    threads,
                    1,
                    1,
                    0,
                    stream.handle(),
                    pointers,
                    MemorySegment.NULL);
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
