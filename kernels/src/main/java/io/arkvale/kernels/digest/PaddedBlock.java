package io.arkvale.kernels.digest;

import io.arkvale.kernels.primitive.Registers;
import io.arkvale.kernels.storage.FormatCodec;
import java.lang.foreign.MemorySegment;

/**
 * Scratch for some stored rows, decoded to float32, each padded with zeros to whole pairs of vectors. Rows beyond those
 * loaded hold what an earlier load left: products with them are computed, in pairs of rows, but never used.
 */
final class PaddedBlock {
    /** Lanes of two vectors. */
    private static final int PAIR = 2 * Registers.LANES;

    private final FormatCodec codec;
    private final int length;

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
        stride = Math.multiplyExact(Math.ceilDiv(length, PAIR), PAIR);
        rows = new float[Math.multiplyExact(capacity, stride)];
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
    }
}
