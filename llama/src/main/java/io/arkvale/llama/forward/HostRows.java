package io.arkvale.llama.forward;

/** Rows in an array of the heap. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record HostRows(float[] values, int offset, int rows, int width) implements Rows {

    static HostRows of(Rows rows) {
        if (rows instanceof HostRows host) {
            return host;
        }
        throw new IllegalArgumentException("the rows are of another device");
    }

    @Override
    public HostRows slice(int first, int count) {
        if (first < 0 || count < 0 || first + count > rows) {
            throw new IndexOutOfBoundsException("rows " + first + " to " + (first + count) + " of " + rows);
        }
        return new HostRows(values, offset + first * width, count, width);
    }

    @Override
    public float[] host() {
        if (offset != 0) {
            throw new IllegalStateException("a view's numbers do not begin at index 0");
        }
        return values;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very array
    public void fromHost(float[] written) {
        if (written != values) {
            throw new IllegalArgumentException("the array is not the one of these rows");
        }
    }

    @Override
    public void close() {
        // The heap's.
    }

    int at(int row) {
        return offset + row * width;
    }

    /** Numbers of all rows. */
    int count() {
        return rows * width;
    }
}
