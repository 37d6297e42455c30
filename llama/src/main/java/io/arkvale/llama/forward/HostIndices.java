package io.arkvale.llama.forward;

/** Whole numbers in an array of the heap. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record HostIndices(int[] values, int offset, int rows) implements Indices {

    static HostIndices of(Indices indices) {
        if (indices instanceof HostIndices host) {
            return host;
        }
        throw new IllegalArgumentException("the numbers are of another device");
    }

    @Override
    public HostIndices slice(int first, int count) {
        if (first < 0 || count < 0 || first + count > rows) {
            throw new IndexOutOfBoundsException("numbers " + first + " to " + (first + count) + " of " + rows);
        }
        return new HostIndices(values, offset + first, count);
    }

    @Override
    public void close() {
        // The heap's.
    }

    int at(int row) {
        return values[offset + row];
    }
}
