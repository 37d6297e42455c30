package io.arkvale.core.tensor;

import io.arkvale.api.ElementType;
import io.arkvale.spi.PageDevice;

/** A device whose tensors lie in host memory. */
public interface HostTensorDevice extends PageDevice<HostMemory> {
    @Override
    default HostMemory allocate(long bytes) {
        return new HostMemory(bytes);
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
