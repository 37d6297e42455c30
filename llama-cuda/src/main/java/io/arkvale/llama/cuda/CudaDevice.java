package io.arkvale.llama.cuda;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ElementType;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.weights.DeviceWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One GPU: its primary context, the kernels, and all memory that models have there. */
final class CudaDevice implements DenseDevice {
    private static final int OUT_OF_MEMORY = 2;

    /** {@code CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR}, and from which on launches may begin early. */
    private static final int CAPABILITY = 75;

    private static final int EARLY_CAPABILITY = 9;

    /** {@code CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN}. */
    private static final int MOST_SHARED_BYTES = 97;

    final CuBlas cublas;
    final DenseKernels kernels;
    final boolean launchesEarly;
    private final int sharedBytes;
    private final String name;
    private final ElementType elementType;
    private final int device;
    private final MemorySegment context;
    private final Set<Block> blocks = ConcurrentHashMap.newKeySet();
    private final Set<CudaOperations> operations = ConcurrentHashMap.newKeySet();

    /** Takes hold of a GPU that is there. */
    CudaDevice(int number, String name, ElementType elementType, CuBlas cublas) {
        this.name = name;
        this.elementType = elementType;
        this.cublas = cublas;
        try (var arena = Arena.ofConfined()) {
            check(Native.invoke(DriverCalls.INIT, 0), "cuInit");
            var value = arena.allocate(ValueLayout.JAVA_INT);
            check(Native.invoke(DriverCalls.DEVICE_GET, value, number), "cuDeviceGet");
            device = value.get(ValueLayout.JAVA_INT, 0);
            launchesEarly = attribute(CAPABILITY, value) >= EARLY_CAPABILITY;
            sharedBytes = attribute(MOST_SHARED_BYTES, value);
            var out = arena.allocate(ValueLayout.ADDRESS);
            check(Native.invoke(DriverCalls.CONTEXT_RETAIN, out, device), "cuDevicePrimaryCtxRetain");
            context = out.get(ValueLayout.ADDRESS, 0);
        }
        enter();
        kernels = new DenseKernels(this);
    }

    /** Device memory, counted by its device. */
    final class Block implements AutoCloseable {
        final long address;
        final long bytes;

        private Block(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }

        /** Waits for work that may use it; closing twice is harmless. */
        @Override
        public void close() {
            if (blocks.remove(this)) {
                enter();
                check(Native.invoke(DriverCalls.FREE, address), "cuMemFree");
            }
        }
    }

    private int attribute(int which, MemorySegment value) {
        check(Native.invoke(DriverCalls.ATTRIBUTE, value, which, device), "cuDeviceGetAttribute");
        return value.get(ValueLayout.JAVA_INT, 0);
    }

    /** Whether a block of threads can have so much shared memory. */
    boolean hasSharedMemory(int bytes) {
        return bytes <= sharedBytes;
    }

    /** Makes the context current in the calling thread. */
    void enter() {
        check(Native.invoke(DriverCalls.CONTEXT_SET, context), "cuCtxSetCurrent");
    }

    /** Device memory of any content. */
    Block allocate(long bytes) {
        enter();
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.JAVA_LONG);
            int result = Native.invoke(DriverCalls.ALLOCATE, out, bytes);
            if (result == OUT_OF_MEMORY) {
                throw new CapacityException("bytes of device memory", bytes, freeBytes(arena));
            }
            check(result, "cuMemAlloc");
            var block = new Block(out.get(ValueLayout.JAVA_LONG, 0), bytes);
            blocks.add(block);
            return block;
        }
    }

    private static long freeBytes(Arena arena) {
        var free = arena.allocate(ValueLayout.JAVA_LONG);
        check(Native.invoke(DriverCalls.MEMORY_INFO, free, arena.allocate(ValueLayout.JAVA_LONG)), "cuMemGetInfo");
        return free.get(ValueLayout.JAVA_LONG, 0);
    }

    /** Checks a result of the driver. */
    static void check(int result, String call) {
        if (result != 0) {
            throw new BackendLostException(
                    "the GPU is lost, and with it the model: " + call + " failed with " + errorName(result), null);
        }
    }

    /** Checks a result of cuBLAS. */
    static void checkProduct(int status, String call) {
        if (status != 0) {
            throw new BackendLostException(call + " of cuBLAS failed with status " + status, null);
        }
    }

    static String errorName(int result) {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            return Native.invoke(DriverCalls.ERROR_NAME, result, out) == 0
                    ? Native.text(out.get(ValueLayout.ADDRESS, 0))
                    : "error " + result;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ElementType elementType() {
        return elementType;
    }

    @Override
    public DeviceWeights weights() {
        return new CudaWeights(this);
    }

    @Override
    public DeviceOperations operations() {
        return new CudaOperations(this, CudaStream.create(this));
    }

    @Override
    public DeviceOperations operations(long queue) {
        return new CudaOperations(this, CudaStream.of(this, queue));
    }

    void opened(CudaOperations opened) {
        operations.add(opened);
    }

    void closed(CudaOperations closed) {
        operations.remove(closed);
    }

    @Override
    public void close() {
        enter();
        new ArrayList<>(operations).forEach(CudaOperations::close);
        new ArrayList<>(blocks).forEach(Block::close);
        kernels.close();
        check(Native.invoke(DriverCalls.CONTEXT_RELEASE, device), "cuDevicePrimaryCtxRelease");
    }
}
