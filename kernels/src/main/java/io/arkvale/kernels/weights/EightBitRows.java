package io.arkvale.kernels.weights;

import io.arkvale.kernels.primitive.Shapes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of signed bytes, a float32 scale for each {@value #GROUP} of them: a weight is its byte times its group's scale,
 * the scale being the group's largest magnitude over 127. A little over 8 bits per weight.
 */
final class EightBitRows implements StoredRows {
    /** Weights that share a scale. */
    static final int GROUP = 1024;

    private static final int LARGEST = 127;

    private final EightBitDots dots;
    private final int rows;
    private final int columns;
    private final int groups;
    /** {@code [rows][columns]} bytes. */
    private final MemorySegment weights;
    /** {@code [rows][groups]} float32. */
    private final MemorySegment scales;

    /** Rows of zeros in memory of {@code arena}. */
    EightBitRows(EightBitDots dots, int rows, int columns, Arena arena) {
        this.dots = dots;
        this.rows = Shapes.atLeastOne("rows", rows);
        this.columns = Shapes.atLeastOne("columns", columns);
        groups = Math.ceilDiv(columns, GROUP);
        weights = arena.allocate(Math.multiplyExact((long) rows, columns), Long.BYTES);
        scales = arena.allocate(Math.multiplyExact((long) rows, groups) * Float.BYTES, Float.BYTES);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Sets a row to {@code columns} finite numbers, rounded; different threads may set different rows at once. */
    void setRow(int row, float[] values, int offset) {
        for (int group = 0; group < groups; group++) {
            int from = group * GROUP;
            int until = Math.min(columns, from + GROUP);
            float largest = 0f;
            for (int i = from; i < until; i++) {
                largest = Math.max(largest, Math.abs(values[offset + i]));
            }
            float scale = largest / LARGEST;
            scales.set(ValueLayout.JAVA_FLOAT, scaleAt(row) + (long) group * Float.BYTES, scale);
            for (int i = from; i < until; i++) {
                int rounded = scale == 0 ? 0 : Math.round(values[offset + i] / scale);
                weights.set(ValueLayout.JAVA_BYTE, weightAt(row) + i, (byte) Math.clamp(rounded, -LARGEST, LARGEST));
            }
        }
    }

    @Override
    public void widen(int row, int from, int count, float[] target, int at) {
        long rowAt = weightAt(row);
        long scaleAt = scaleAt(row);
        for (int i = 0; i < count; i++) {
            float scale = scales.get(ValueLayout.JAVA_FLOAT, scaleAt + (long) ((from + i) / GROUP) * Float.BYTES);
            target[at + i] = weights.get(ValueLayout.JAVA_BYTE, rowAt + from + i) * scale;
        }
    }

    @Override
    public void dot(int row, int stride, int count, float[] x, int xOffset, float[] sums) {
        dots.dot(
                weights,
                weightAt(row),
                weightAt(stride),
                scales,
                scaleAt(row),
                scaleAt(stride),
                count,
                columns,
                x,
                xOffset,
                sums);
    }

    private long weightAt(int row) {
        return (long) row * columns;
    }

    private long scaleAt(int row) {
        return (long) row * groups * Float.BYTES;
    }
}
