package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Scratch for some stored rows, decoded to float32 and padded with zeros to whole vectors and an even number of rows. */
final class PaddedBlock {
    private final FormatCodec codec;
    private final int length;
    private final int capacity;

    /** Elements from one row to the next. */
    final int stride;
    /** {@code [capacity][stride]}. */
    final float[] rows;

    /**
     * Makes the scratch.
     *
     * @param length numbers of a row
     * @param capacity most rows; even
     */
    PaddedBlock(FormatCodec codec, int length, int capacity) {
        this.codec = codec;
        this.length = length;
        this.capacity = capacity;
        stride = VectorKernels.padded(length);
        rows = new float[Math.multiplyExact(capacity, stride)];
    }

    /** Rows that fit. */
    int capacity() {
        return capacity;
    }

    /** Reads {@code count} rows, one every {@code step} bytes from byte {@code offset}. */
    void load(MemorySegment source, long offset, long step, int count) {
        if (length == stride && step == (long) length * codec.format().bytes()) {
            codec.decode(source, offset, rows, 0, count * length);
        } else {
            for (int row = 0; row < count; row++) {
                codec.decode(source, offset + row * step, rows, row * stride, length);
            }
        }
        if ((count & 1) == 1) {
            // The rows are read in pairs; what an earlier block left must not enter.
            Arrays.fill(rows, count * stride, (count + 1) * stride, 0);
        }
    }
}
