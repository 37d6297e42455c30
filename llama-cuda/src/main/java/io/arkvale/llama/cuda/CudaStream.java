package io.arkvale.llama.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A queue of the device.
 *
 * @param handle the {@code CUstream}
 * @param owned whether it is destroyed when it is closed
 */
record CudaStream(CudaDevice device, MemorySegment handle, boolean owned) implements AutoCloseable {
    private static final int NON_BLOCKING = 1;

    /** One of its own. */
    static CudaStream create(CudaDevice device) {
        device.enter();
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            CudaDevice.check(Native.invoke(DriverCalls.STREAM_CREATE, out, NON_BLOCKING), "cuStreamCreate");
            return new CudaStream(device, out.get(ValueLayout.ADDRESS, 0), true);
        }
    }

    /** The caller's. */
    static CudaStream of(CudaDevice device, long handle) {
        return new CudaStream(device, MemorySegment.ofAddress(handle), false);
    }

    void await() {
        CudaDevice.check(Native.invoke(DriverCalls.STREAM_AWAIT, handle), "cuStreamSynchronize");
    }

    @Override
    public void close() {
        if (owned) {
            device.enter();
            CudaDevice.check(Native.invoke(DriverCalls.STREAM_DESTROY, handle), "cuStreamDestroy");
        }
    }
}
