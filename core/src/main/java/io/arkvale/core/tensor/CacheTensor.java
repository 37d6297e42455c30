package io.arkvale.core.tensor;

import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.MemorySegment;

/**
 * A tensor of a cache; {@link CacheTensors} makes it. It checks what a copy asks for; the memory only copies.
 *
 * @param <M> its memory
 */
public final class CacheTensor<M extends TensorMemory> implements Tensor {
    private final CacheTensors<M> owner;
    private final M memory;
    private final ElementType elementType;
    private final int rows;
    private final int heads;
    private final int width;
    private final boolean isWrapped;
    private boolean closed;

    /** @param isWrapped whether the memory is the caller's */
    CacheTensor(
            CacheTensors<M> owner,
            ElementType elementType,
            int rows,
            int heads,
            int width,
            M memory,
            boolean isWrapped) {
        this.owner = owner;
        this.memory = memory;
        this.elementType = elementType;
        this.rows = rows;
        this.heads = heads;
        this.width = width;
        this.isWrapped = isWrapped;
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
    public long rowStride() {
        return memory.rowStride();
    }

    @Override
    public MemorySegment memory() {
        owner.requireWraps();
        try (var _ = owner.guard().hold()) {
            requireOpen("the tensor");
            return memory.segment();
        }
    }

    M deviceMemory() {
        return memory;
    }

    /** Bytes that are the cache's. */
    long ownBytes() {
        return isWrapped ? 0 : memory.bytes();
    }

    /** Neither it nor the caller's memory under it may be closed. */
    void requireOpen(String name) {
        if (closed) {
            throw new ClosedException(name + " is closed");
        }
        if (isWrapped && !memory.segment().scope().isAlive()) {
            throw new ClosedException("the memory of " + name + " is closed");
        }
    }

    boolean isOf(CacheTensors<?> tensors) {
        return owner.equals(tensors);
    }

    @Override
    public void copyFrom(int firstRow, int rows, MemorySegment source) {
        try (var _ = owner.guard().hold()) {
            check(firstRow, rows, source, "source");
            memory.writeRows(firstRow, rows, rowBytes(), source);
        }
    }

    @Override
    public void copyTo(int firstRow, int rows, MemorySegment target) {
        try (var _ = owner.guard().hold()) {
            check(firstRow, rows, target, "target");
            memory.readRows(firstRow, rows, rowBytes(), target);
        }
    }

    private void check(int firstRow, int count, MemorySegment other, String name) {
        requireOpen("the tensor");
        if (firstRow < 0 || count < 0 || firstRow > rows - count) {
            throw new InvalidArgumentException("rows " + firstRow + " to " + ((long) firstRow + count)
                    + " exceed the tensor; allowed: 0 to " + rows);
        }
        CallChecks.room(name, other, count * rowBytes());
    }

    @Override
    public void close() {
        try (var _ = owner.guard().hold()) {
            if (!closed) {
                closed = true;
                owner.free(this);
            }
        }
    }
}
