package io.arkvale.cuda;

import io.arkvale.cuda.driver.Memory;
import java.lang.foreign.MemorySegment;

/** A block of device memory as views read it: a small one is fetched whole after each change, since every copy waits. */
public final class Mirror {
    private static final long MOST_BYTES = 1 << 20;

    private final CudaCache cache;
    private final Memory.OnDevice block;
    private final MemorySegment copy;
    private long version = -1;

    public Mirror(CudaCache cache, Memory.OnDevice block) {
        this.cache = cache;
        this.block = block;
        copy = MemorySegment.ofArray(new byte[block.bytes <= MOST_BYTES ? (int) block.bytes : 0]);
    }

    /** Reads bytes from an offset on. */
    public void read(long at, MemorySegment target, long bytes) {
        if (block.bytes > MOST_BYTES) {
            cache.staging.download(block.address.plus(at), target, bytes);
            return;
        }
        if (version != cache.version()) {
            cache.staging.download(block.address, copy, block.bytes);
            version = cache.version();
        }
        MemorySegment.copy(copy, at, target, 0, bytes);
    }
}
