package org.example.kvcache;

import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import java.lang.foreign.MemorySegment;

/** A tensor as an array of float32 numbers, each exactly an element of the type. */
class ExampleTensor implements Tensor {
    final ExampleCache cache;
    final float[] data;
    private final ElementType elementType;
    private final int rows;
    private final int heads;
    private final int width;
    private boolean closed;

    ExampleTensor(ExampleCache cache, ElementType elementType, int rows, int heads, int width) {
        this.cache = cache;
        this.elementType = elementType;
        this.rows = rows;
        this.heads = heads;
        this.width = width;
        this.data = new float[Math.multiplyExact(Math.multiplyExact(rows, heads), width)];
    }

    float[] row(int row) {
        var rowLength = heads * width;
        return java.util.Arrays.copyOfRange(data, row * rowLength, (row + 1) * rowLength);
    }

    void setRow(int row, float[] numbers) {
        for (var i = 0; i < numbers.length; i++) {
            data[row * numbers.length + i] = Numbers.round(elementType, numbers[i]);
        }
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
    public void copyFrom(int firstRow, int count, MemorySegment source) {
        check(firstRow, count, source);
        for (var i = 0; i < count * heads * width; i++) {
            data[firstRow * heads * width + i] = Numbers.read(elementType, source, i);
        }
    }

    @Override
    public void copyTo(int firstRow, int count, MemorySegment target) {
        check(firstRow, count, target);
        for (var i = 0; i < count * heads * width; i++) {
            Numbers.write(elementType, target, i, data[firstRow * heads * width + i]);
        }
    }

    void check(int firstRow, int count, MemorySegment segment) {
        checkOpen();
        if (firstRow < 0 || count < 0 || (long) firstRow + count > rows) {
            throw new InvalidArgumentException(
                    "rows " + firstRow + " to " + ((long) firstRow + count) + "; the tensor has " + rows);
        }
        CallChecks.room("the segment", segment, count * rowBytes());
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException("the tensor is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cache.forget(this);
        }
    }
}
