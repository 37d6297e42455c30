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
    private boolean closed;

    CacheTensor(CacheTensors<M> owner, ElementType elementType, int rows, int heads, int width, M memory) {
        this.owner = owner;
        this.memory = memory;
        this.elementType = elementType;
        this.rows = rows;
        this.heads = heads;
        this.width = width;
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

    M memory() {
        return memory;
    }

    boolean isOf(CacheTensors<?> tensors) {
        return owner.equals(tensors);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void copyFrom(int firstRow, int rows, MemorySegment source) {
        try (var _ = owner.guard().hold()) {
            long bytes = check(firstRow, rows, source, "source");
            memory.write(firstRow * rowBytes(), source, bytes);
        }
    }

    @Override
    public void copyTo(int firstRow, int rows, MemorySegment target) {
        try (var _ = owner.guard().hold()) {
            long bytes = check(firstRow, rows, target, "target");
            memory.read(firstRow * rowBytes(), target, bytes);
        }
    }

    private long check(int firstRow, int count, MemorySegment other, String name) {
        if (closed) {
            throw new ClosedException("the tensor is closed");
        }
        if (firstRow < 0 || count < 0 || firstRow > rows - count) {
            throw new InvalidArgumentException("rows " + firstRow + " to " + ((long) firstRow + count)
                    + " exceed the tensor; allowed: 0 to " + rows);
        }
        long bytes = count * rowBytes();
        CallChecks.room(name, other, bytes);
        return bytes;
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
