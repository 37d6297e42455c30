package io.arkvale.core.tensor;

import java.lang.foreign.MemorySegment;

/** Tensors in host memory, as a device on the host makes them. */
final class HostAllocator implements CacheTensors.Allocator<HostMemory> {
    @Override
    public HostMemory allocate(long bytes, long rowBytes) {
        return new HostMemory(bytes, rowBytes);
    }

    @Override
    public HostMemory wrap(MemorySegment memory, long rowStride) {
        return HostMemory.over(memory, rowStride);
    }
}
