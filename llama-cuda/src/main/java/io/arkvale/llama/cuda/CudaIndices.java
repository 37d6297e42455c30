package io.arkvale.llama.cuda;

import io.arkvale.llama.forward.Indices;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers in device memory, 32 bits each.
 *
 * @param block the memory, null of a view
 */
record CudaIndices(long address, int rows, CudaDevice.@Nullable Block block) implements Indices {

    static CudaIndices of(Indices indices) {
        if (indices instanceof CudaIndices here) {
            return here;
        }
        throw new IllegalArgumentException("the numbers are of another device");
    }

    @Override
    public CudaIndices slice(int first, int count) {
        if (first < 0 || count < 0 || first + count > rows) {
            throw new IndexOutOfBoundsException("numbers " + first + " to " + (first + count) + " of " + rows);
        }
        return new CudaIndices(address + (long) first * Integer.BYTES, count, null);
    }

    @Override
    public void close() {
        if (block != null) {
            block.close();
        }
    }
}
