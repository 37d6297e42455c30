package io.arkvale.api.support;

import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A tensor in host memory; {@link HostTensors} makes it. */
public final class HostTensor implements Tensor {
    final HostTensors owner;
    private final MemorySegment memory;
    private final ElementType elementType;
    private final int rows;
    private final int heads;
    private final int width;
    private final Consumer<HostTensor> free;
    private boolean closed;

    /**
     * @param memory at least as long as the tensor
     * @param free frees the memory, called once
     */
    HostTensor(
            HostTensors owner,
            ElementType elementType,
            int rows,
            int heads,
            int width,
            MemorySegment memory,
            Consumer<HostTensor> free) {
        this.owner = owner;
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

    /** Its elements, from the start of the segment, which may be longer. */
    public MemorySegment memory() {
        return memory;
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
        CallChecks.room(name, other, bytes);
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
