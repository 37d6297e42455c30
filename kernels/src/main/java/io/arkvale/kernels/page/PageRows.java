package io.arkvale.kernels.page;

import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Moves keys and values of one KV head, whole rows of {@code headDim} stored numbers each, into and out of a page as
 * attention wants it. Numbers are copied bit by bit. Any number of threads may use one.
 *
 * <p>Offsets and strides are in bytes.
 */
public final class PageRows {
    private final int bytes;
    private final int headDim;
    private final int pageSize;

    /** Rows of one format and pages of one shape. */
    public PageRows(StorageFormat format, int headDim, int pageSize) {
        bytes = format.bytes();
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.pageSize = Shapes.atLeastOne("pageSize", pageSize);
    }

    /** Stores the keys of {@code count} tokens, one every {@code rowStride} bytes, from the page's {@code token} on. */
    public void putKeys(
            MemorySegment rows, long row, long rowStride, int count, MemorySegment page, long keys, int token) {
        for (int i = 0; i < count; i++) {
            int first = Panels.index(headDim, pageSize, 0, token + i);
            copy(rows, row + i * rowStride, 1, page, keys + (long) first * bytes, keyStep(token + i));
        }
    }

    /** Reads the keys of {@code count} tokens from the page's {@code token} on. */
    public void getKeys(
            MemorySegment page, long keys, int token, int count, MemorySegment rows, long row, long rowStride) {
        for (int i = 0; i < count; i++) {
            int first = Panels.index(headDim, pageSize, 0, token + i);
            copy(page, keys + (long) first * bytes, keyStep(token + i), rows, row + i * rowStride, 1);
        }
    }

    /** Stores the values of {@code count} tokens, one every {@code rowStride} bytes, from the page's {@code token} on. */
    public void putValues(
            MemorySegment rows, long row, long rowStride, int count, MemorySegment page, long values, int token) {
        for (int i = 0; i < count; i++) {
            for (int column = 0; column < headDim; column += Panels.WIDTH) {
                long at = values + (long) Panels.index(pageSize, headDim, token + i, column) * bytes;
                long from = row + i * rowStride + (long) column * bytes;
                MemorySegment.copy(rows, from, page, at, (long) Panels.width(headDim, column) * bytes);
            }
        }
    }

    /** Reads the values of {@code count} tokens from the page's {@code token} on. */
    public void getValues(
            MemorySegment page, long values, int token, int count, MemorySegment rows, long row, long rowStride) {
        for (int i = 0; i < count; i++) {
            for (int column = 0; column < headDim; column += Panels.WIDTH) {
                long at = values + (long) Panels.index(pageSize, headDim, token + i, column) * bytes;
                long to = row + i * rowStride + (long) column * bytes;
                MemorySegment.copy(page, at, rows, to, (long) Panels.width(headDim, column) * bytes);
            }
        }
    }

    /** Elements from one dimension of a token's key to the next. */
    private int keyStep(int token) {
        return Panels.width(pageSize, token - token % Panels.WIDTH);
    }

    /** Copies {@code headDim} numbers; steps are in elements. */
    private void copy(MemorySegment source, long from, int fromStep, MemorySegment target, long to, int toStep) {
        long sourceStep = (long) fromStep * bytes;
        long targetStep = (long) toStep * bytes;
        if (bytes == Float.BYTES) {
            for (int i = 0; i < headDim; i++) {
                int bits = source.get(ValueLayout.JAVA_INT_UNALIGNED, from + i * sourceStep);
                target.set(ValueLayout.JAVA_INT_UNALIGNED, to + i * targetStep, bits);
            }
        } else {
            for (int i = 0; i < headDim; i++) {
                short bits = source.get(ValueLayout.JAVA_SHORT_UNALIGNED, from + i * sourceStep);
                target.set(ValueLayout.JAVA_SHORT_UNALIGNED, to + i * targetStep, bits);
            }
        }
    }
}
