package io.arkvale.tornado;

import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A tensor in host memory, from which calls send the rows they need. */
final class TornadoTensor implements Tensor {
    final TornadoCache cache;
    final MemorySegment memory;
    private final ElementType elementType;
    private final int rows;
    private final int heads;
    private final int width;
    private final Consumer<TornadoTensor> free;
    private boolean closed;

    /**
     * @param memory at least as long as the tensor
     * @param free frees the memory, called once
     */
    TornadoTensor(
            TornadoCache cache,
            ElementType elementType,
            int rows,
            int heads,
            int width,
            MemorySegment memory,
            Consumer<TornadoTensor> free) {
        this.cache = cache;
        this.memory = memory;
        this.elementType = elementType;
        this.rows = rows;
        this.heads = heads;
        this.width = width;
        this.free = free;
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

    boolean isClosed() {
        return closed;
    }

    @Override
    public void copyFrom(int firstRow, int rows, MemorySegment source) {
        var bytes = check(firstRow, rows, source, "source");
        MemorySegment.copy(source, 0, memory, firstRow * rowBytes(), bytes);
    }

    @Override
    public void copyTo(int firstRow, int rows, MemorySegment target) {
        var bytes = check(firstRow, rows, target, "target");
        MemorySegment.copy(memory, firstRow * rowBytes(), target, 0, bytes);
    }

    private long check(int firstRow, int count, MemorySegment other, String name) {
        if (closed) {
            throw new ClosedException("the tensor is closed");
        }
        if (firstRow < 0 || count < 0 || firstRow > rows - count) {
            throw new InvalidArgumentException("rows " + firstRow + " to " + ((long) firstRow + count)
                    + " exceed the tensor; allowed: 0 to " + rows);
        }
        var bytes = count * rowBytes();
        if (other.byteSize() < bytes) {
            throw new InvalidArgumentException(
                    name + " has " + other.byteSize() + " bytes; allowed: at least " + bytes);
        }
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            free.accept(this);
        }
    }
}
