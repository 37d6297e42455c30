package io.arkvale.kernels.weights;

import io.arkvale.kernels.storage.FormatCodec;
import java.lang.foreign.MemorySegment;

/** Rows of numbers in one storage format. */
record FormatRows(FormatCodec codec, RowDots dots, MemorySegment memory, int columns) implements StoredRows {

    @Override
    public void widen(int row, int from, int count, float[] target, int at) {
        codec.decode(memory, ((long) row * columns + from) * codec.format().bytes(), target, at, count);
    }

    @Override
    public void dot(int row, int stride, int count, float[] x, int xOffset, float[] sums) {
        long rowBytes = (long) columns * codec.format().bytes();
        dots.dot(memory, row * rowBytes, stride * rowBytes, count, columns, x, xOffset, sums);
    }
}
