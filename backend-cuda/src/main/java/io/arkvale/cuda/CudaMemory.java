package io.arkvale.cuda;

import io.arkvale.cuda.driver.Memory;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.MemorySegment;

/** The memory of a tensor: a block of its own, or scratch of a step that is shown to the caller. */
public record CudaMemory(CudaCache cache, Memory.OnDevice block) implements TensorMemory {
    public long address() {
        return block.value();
    }

    @Override
    public void write(long at, MemorySegment source, long bytes) {
        cache.device.enter();
        cache.staging.upload(source, block.address.plus(at), bytes);
    }

    @Override
    public void read(long at, MemorySegment target, long bytes) {
        cache.device.enter();
        cache.staging.download(block.address.plus(at), target, bytes);
    }

    @Override
    public long bytes() {
        return block.bytes;
    }

    /** Waits for work that may use it. Of a lost device only the count is given back. */
    @Override
    public void close() {
        if (!cache.device.isLost()) {
            cache.device.enter();
        }
        block.close();
    }
}
