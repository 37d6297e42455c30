package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import io.arkvale.llama.forward.Rows;
import org.jspecify.annotations.Nullable;

/**
 * Rows in device memory.
 *
 * @param address of the first number
 * @param stride numbers from one row to the next
 * @param block the memory, null of a view
 */
record CudaRows(
        CudaOperations operations,
        long address,
        ElementType type,
        int rows,
        int width,
        long stride,
        CudaDevice.@Nullable Block block)
        implements Rows {

    static CudaRows of(Rows rows) {
        if (rows instanceof CudaRows here) {
            return here;
        }
        throw new IllegalArgumentException("the rows are of another device");
    }

    @Override
    public CudaRows slice(int first, int count) {
        if (first < 0 || count < 0 || first + count > rows) {
            throw new IndexOutOfBoundsException("rows " + first + " to " + (first + count) + " of " + rows);
        }
        return new CudaRows(operations, address + first * strideBytes(), type, count, width, stride, null);
    }

    /** A view with so many more numbers of each row, which follow them. */
    CudaRows wider(int more) {
        return new CudaRows(operations, address, type, rows, width + more, stride, null);
    }

    long strideBytes() {
        return stride * type.bytes();
    }

    /** Whether the first row of {@code next} begins where that of these rows ends. */
    boolean isBeside(CudaRows next) {
        return next.address == address + (long) width * type.bytes()
                && next.stride == stride
                && next.type == type
                && next.rows == rows;
    }

    @Override
    public float[] host() {
        return operations.download(this);
    }

    @Override
    public void fromHost(float[] values) {
        operations.upload(values, this);
    }

    @Override
    public void close() {
        if (block != null) {
            block.close();
        }
    }
}
