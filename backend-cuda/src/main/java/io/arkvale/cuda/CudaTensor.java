package io.arkvale.cuda;

import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Memory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Device memory with a shape; without a block of its own it shows scratch of a step. */
public final class CudaTensor implements Tensor {
    public final CudaCache cache;
    private final ElementType elementType;
    private final int rows;
    private final int heads;
    private final int width;
    private final Address address;
    private final Memory.@Nullable OnDevice block;
    private boolean closed;

    public CudaTensor(
            CudaCache cache,
            ElementType elementType,
            int rows,
            int heads,
            int width,
            Address address,
            Memory.@Nullable OnDevice block) {
        this.cache = cache;
        this.elementType = elementType;
        this.rows = rows;
        this.heads = heads;
        this.width = width;
        this.address = address;
        this.block = block;
    }

    public long address() {
        return address.value();
    }

    @Override
    public ElementType elementType() {
        return elementType;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int heads() {
        return heads;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void copyFrom(int firstRow, int rows, MemorySegment source) {
        try (var _ = cache.lock.begin()) {
            long bytes = require(firstRow, rows, source, "source");
            cache.enter();
            cache.staging.upload(source, address.plus(firstRow * rowBytes()), bytes);
        }
    }

    @Override
    public void copyTo(int firstRow, int rows, MemorySegment target) {
        try (var _ = cache.lock.begin()) {
            long bytes = require(firstRow, rows, target, "target");
            cache.enter();
            cache.staging.download(address.plus(firstRow * rowBytes()), target, bytes);
        }
    }

    /** Queues a copy of its first bytes to other device memory. */
    public void copyTo(Address target, long bytes) {
        cache.device.check(
                cache.device.driver.cuMemcpyDtoDAsync(target, address, bytes, cache.streams.compute),
                "cuMemcpyDtoDAsync");
    }

    private long require(int firstRow, int rows, MemorySegment segment, String name) {
        requireOpen(name + "'s tensor");
        if (firstRow < 0 || rows < 0 || firstRow > this.rows - rows) {
            throw new InvalidArgumentException("rows " + firstRow + " to " + ((long) firstRow + rows - 1)
                    + " are not in the tensor; allowed: 0 to " + (this.rows - 1));
        }
        long bytes = rows * rowBytes();
        CallChecks.room(name, segment, bytes);
        return bytes;
    }

    public void requireOpen(String name) {
        if (closed || cache.isClosed()) {
            throw new ClosedException(name + " is closed");
        }
    }

    @Override
    public void close() {
        try (var _ = cache.lock.begin()) {
            if (!closed) {
                closed = true;
                if (block != null && !cache.isClosed()) {
                    cache.enter();
                    block.close();
                }
            }
        }
    }
}
