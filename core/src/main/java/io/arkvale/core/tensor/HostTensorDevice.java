package io.arkvale.core.tensor;

import io.arkvale.api.ElementType;
import io.arkvale.spi.PageDevice;
import java.lang.foreign.MemorySegment;

/** A device whose tensors lie in host memory. */
public interface HostTensorDevice extends PageDevice<HostMemory> {
    @Override
    default HostMemory allocate(long bytes, long rowBytes) {
        return new HostMemory(bytes, rowBytes);
    }

    @Override
    default HostMemory wrap(MemorySegment memory, long rowStride) {
        return HostMemory.over(memory, rowStride);
    }

    @Override
    default boolean isFinite(HostMemory memory, ElementType type, long at, long elements) {
        return Elements.areFinite(memory.segment(), type, at / type.bytes(), elements);
    }

    @Override
    default boolean hasHostTensors() {
        return true;
    }
}
