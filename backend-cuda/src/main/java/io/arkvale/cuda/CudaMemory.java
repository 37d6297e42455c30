package io.arkvale.cuda;

import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The memory of a tensor: a block of its own, scratch of a step that is shown to the caller, or the caller's. */
public final class CudaMemory implements TensorMemory {
    private final CudaCache cache;
    private final Memory.@Nullable OnDevice block;
    private final Address address;
    private final long bytes;
    private final long rowStride;
    private @Nullable Arena life;
    private @Nullable MemorySegment segment;

    /** A block of device memory, which is freed with the tensor if anybody closes it. */
    CudaMemory(CudaCache cache, Memory.OnDevice block, long rowStride) {
        this.cache = cache;
        this.block = block;
        address = block.address;
        bytes = block.bytes;
        this.rowStride = rowStride;
    }

    /** Memory of the caller's. */
    CudaMemory(CudaCache cache, MemorySegment memory, long rowStride) {
        this.cache = cache;
        block = null;
        address = new Address().plus(memory.address());
        bytes = memory.byteSize();
        this.rowStride = rowStride;
        segment = memory;
    }

    /** Scores that a step shows the caller. */
    public static CudaMemory ofScores(CudaCache cache, Memory.OnDevice scores) {
        return new CudaMemory(cache, scores, (long) Float.BYTES * cache.spec().headGroups());
    }

    /** Where the device finds it. */
    public Address address() {
        return address;
    }

    /** What kernels are given of queries, outputs, keys and values. */
    public Rows rows() {
        return new Rows(address.value(), rowStride / cache.spec().elementType().bytes());
    }

    /** What kernels are given of scores. */
    public Rows scoreRows() {
        return new Rows(address.value(), rowStride / Float.BYTES);
    }

    @Override
    public long rowStride() {
        return rowStride;
    }

    @Override
    @SuppressWarnings({"MustBeClosedChecker", "restricted"}) // closed with the tensor; nobody here accesses it
    public MemorySegment segment() {
        if (segment == null) {
            life = Arena.ofShared();
            segment = MemorySegment.ofAddress(address.value()).reinterpret(bytes, life, null);
        }
        return segment;
    }

    @Override
    public void write(long at, MemorySegment source, long count) {
        cache.device.enter();
        cache.staging.upload(source, address.plus(at), count);
    }

    @Override
    public void read(long at, MemorySegment target, long count) {
        cache.device.enter();
        cache.staging.download(address.plus(at), target, count);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /** Waits for work that may use it. Of a lost device only the count is given back. */
    @Override
    public void close() {
        if (life != null) {
            life.close();
        }
        if (block != null) {
            if (!cache.device.isLost()) {
                cache.device.enter();
            }
            block.close();
        }
    }
}
