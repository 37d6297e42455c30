package io.arkvale.experiments.trace;

import io.arkvale.experiments.UserException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A tensor of a trace, one row per token: {@code [rows, heads, headDim]}. A view of the file, read when it is copied from;
 * any number of threads may.
 */
public final class TraceRows {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String name;
    private final MemorySegment bytes;
    private final int width;
    private final int headDim;

    TraceRows(String name, MemorySegment bytes, int width, int headDim) {
        this.name = name;
        this.bytes = bytes;
        this.width = width;
        this.headDim = headDim;
    }

    /** Number of rows. */
    public int rows() {
        return (int) (bytes.byteSize() / Float.BYTES / width);
    }

    /** Numbers of a row: {@code heads · headDim}. */
    public int width() {
        return width;
    }

    /**
     * Copies rows to {@code target} from {@code offset} on.
     *
     * @throws UserException if one of the numbers is not finite
     */
    public void copy(int first, int count, float[] target, int offset) {
        Objects.checkFromIndexSize(first, count, rows());
        copyNumbers((long) first * width, Math.multiplyExact(count, width), target, offset);
    }

    /** Copies one head of a row likewise, {@code headDim} numbers. */
    public void copyHead(int row, int head, float[] target, int offset) {
        Objects.checkIndex(row, rows());
        Objects.checkIndex(head, width / headDim);
        copyNumbers((long) row * width + (long) head * headDim, headDim, target, offset);
    }

    private void copyNumbers(long first, int count, float[] target, int offset) {
        MemorySegment.copy(bytes, FLOAT, first * Float.BYTES, target, offset, count);
        for (int i = offset; i < offset + count; i++) {
            if (!Float.isFinite(target[i])) {
                throw new UserException("tensor '" + name + "' of the trace has " + target[i] + " in row "
                        + (first + i - offset) / width + "; allowed: finite numbers");
            }
        }
    }

    /** A copy of one row. */
    public float[] row(int row) {
        var copy = new float[width];
        copy(row, 1, copy, 0);
        return copy;
    }
}
