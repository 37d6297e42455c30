package io.arkvale.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of signed bytes, a float32 scale for each {@value #GROUP} of them: a weight is its byte times its group's scale,
 * the scale being the group's largest magnitude over 127. 8 and an eighth bits per weight.
 */
final class EightBitRows implements StoredRows {
    /** Weights that share a scale. */
    static final int GROUP = 1024;

    /** Rows that lie and are multiplied together. */
    static final int PAIR = 2;

    private static final int LARGEST = 127;

    private final EightBitDots dots;
    private final int rows;
    private final int columns;
    private final int groups;
    private final int lanes;
    private final int run;
    /**
     * Pairs of rows, {@code [rows / 2][columns / run][2][run]} bytes and then what is left, {@code [2][rest]}, so that what
     * is multiplied together lies together and memory is read front to back.
     */
    private final MemorySegment weights;
    /** {@code [rows / 2][groups][2]} float32. */
    private final MemorySegment scales;

    /** Rows of zeros in memory of {@code arena}. */
    EightBitRows(EightBitDots dots, int rows, int columns, Arena arena) {
        this.dots = dots;
        this.rows = Shapes.atLeastOne("rows", rows);
        this.columns = Shapes.atLeastOne("columns", columns);
        groups = Math.ceilDiv(columns, GROUP);
        lanes = dots.lanes();
        run = Integer.BYTES * lanes;
        long padded = (long) Math.ceilDiv(rows, PAIR) * PAIR;
        weights = arena.allocate(Math.multiplyExact(padded, columns), Long.BYTES);
        scales = arena.allocate(Math.multiplyExact(padded, groups) * Float.BYTES, Float.BYTES);
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
            scales.set(ValueLayout.JAVA_FLOAT, scaleAt(row, group), scale);
            for (int i = from; i < until; i++) {
                int rounded = scale == 0 ? 0 : Math.round(values[offset + i] / scale);
                weights.set(ValueLayout.JAVA_BYTE, weightAt(row, i), (byte) Math.clamp(rounded, -LARGEST, LARGEST));
            }
        }
    }

    @Override
    public void widen(int row, int from, int count, float[] target, int at) {
        for (int i = 0; i < count; i++) {
            float scale = scales.get(ValueLayout.JAVA_FLOAT, scaleAt(row, (from + i) / GROUP));
            target[at + i] = weights.get(ValueLayout.JAVA_BYTE, weightAt(row, from + i)) * scale;
        }
    }

    @Override
    public void dot(int row, int count, float[] x, int xOffset, float[] c, int cOffset, float[] scratch) {
        for (int i = 0; i < count; i += PAIR) {
            int pair = row + i;
            long at = (long) pair * columns;
            long scaleAt = (long) pair * groups * Float.BYTES;
            dots.dot(weights, at, scales, scaleAt, columns, x, xOffset, scratch);
            System.arraycopy(scratch, 0, c, cOffset + i, Math.min(PAIR, count - i));
        }
    }

    /** By {@link EightBitDots#lanes()}. */
    private long weightAt(int row, int column) {
        int second = row % PAIR;
        long pair = (long) (row - second) * columns;
        int inRun = column & (run - 1);
        int start = column - inRun;
        int width = Math.min(run, columns - start);
        int at = width < run ? inRun : (inRun & (lanes - 1)) * Integer.BYTES + inRun / lanes;
        return pair + (long) start * PAIR + second * width + at;
    }

    private long scaleAt(int row, int group) {
        int second = row % PAIR;
        return ((long) (row - second) * groups + (long) group * PAIR + second) * Float.BYTES;
    }
}
