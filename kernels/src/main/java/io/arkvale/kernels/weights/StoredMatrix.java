package io.arkvale.kernels.weights;

import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.FormatCodec;
import java.lang.foreign.MemorySegment;

/**
 * Weights used where they lie, row by row as in a model's file: mapped memory in float32, float16 or bfloat16, or eight
 * bits with scales. Few rows are multiplied as dot products that widen the weights in registers; for many rows a panel of
 * weights is widened once, in a thread's scratch memory, and then multiplied as {@link PackedMatrix} does. Either way the
 * bits are those of the same weights stored as float32.
 *
 * <p>For models larger than the processor's caches: what counts is how many bytes come from memory.
 */
public final class StoredMatrix implements WeightMatrix {
    /** Weights of a row that are widened at a time, so that the panel's piece being filled stays in the first cache. */
    private static final int PIECE = 64;

    /**
     * Rows of a part of {@link #multiplyEach}. They are read as {@link StoredRows#TOGETHER} streams side by side, each a
     * run of rows from front to back. Runs let the processor fetch ahead from one page of virtual memory into the next;
     * with rows that follow each other read side by side, all would come to a page's end at once and wait.
     */
    private static final int EACH_ROWS = 16 * StoredRows.TOGETHER;

    private final MatrixKernels kernels;
    private final StoredRows rows;
    private final int outputs;
    private final int inputs;

    private StoredMatrix(MatrixKernels kernels, StoredRows rows, int outputs, int inputs) {
        this.kernels = kernels;
        this.rows = rows;
        this.outputs = Shapes.atLeastOne("outputs", outputs);
        this.inputs = Shapes.atLeastOne("inputs", inputs);
    }

    /** Weights in a segment, {@code [outputs, inputs]} from its first byte on; it stays its owner's. */
    static StoredMatrix of(
            MatrixKernels kernels, FormatCodec codec, RowDots dots, MemorySegment weights, int outputs, int inputs) {
        var format = codec.format();
        long bytes = Math.multiplyExact(Math.multiplyExact((long) outputs, inputs), format.bytes());
        if (weights.byteSize() != bytes) {
            throw new IllegalArgumentException("the segment has " + weights.byteSize() + " bytes, but " + outputs
                    + " × " + inputs + " weights in " + format + " take " + bytes);
        }
        return new StoredMatrix(kernels, new FormatRows(codec, dots, weights, inputs), outputs, inputs);
    }

    /** Weights of eight bits, to be filled by {@link EightBitRows#setRow} before use. */
    static StoredMatrix of(MatrixKernels kernels, EightBitRows weights) {
        return new StoredMatrix(kernels, weights, weights.rows(), weights.columns());
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public int parts() {
        return Math.ceilDiv(outputs, kernels.panel());
    }

    @Override
    public int scratch() {
        return Math.addExact(Math.multiplyExact(kernels.panel(), inputs), Math.max(PIECE, StoredRows.scratch()));
    }

    @Override
    public void getRow(int output, float[] values, int offset) {
        rows.widen(output, 0, inputs, values, offset);
    }

    @Override
    public void multiply(
            int part,
            int xRows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride,
            float[] scratch) {
        int width = kernels.panel();
        int first = part * width;
        int columns = Math.min(width, outputs - first);
        widenPanel(first, columns, scratch);
        PanelProduct.multiply(
                kernels, scratch, inputs, columns, xRows, x, xOffset, xStride, c, cOffset + first, cStride);
    }

    /** Fills {@code [inputs][panel]} of {@code panel}; padding keeps what it held, as no result depends on it. */
    private void widenPanel(int first, int columns, float[] panel) {
        int width = kernels.panel();
        int piece = inputs * width;
        for (int from = 0; from < inputs; from += PIECE) {
            int count = Math.min(PIECE, inputs - from);
            for (int column = 0; column < columns; column++) {
                rows.widen(first + column, from, count, panel, piece);
                for (int i = 0, at = from * width + column; i < count; i++, at += width) {
                    panel[at] = panel[piece + i];
                }
            }
        }
    }

    @Override
    public int eachParts() {
        return Math.ceilDiv(outputs, EACH_ROWS);
    }

    @Override
    public void multiplyEach(
            int part,
            int xRows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride,
            float[] scratch) {
        int first = part * EACH_ROWS;
        int end = Math.min(outputs, first + EACH_ROWS);
        int stride = Math.ceilDiv(end - first, StoredRows.TOGETHER);
        for (int output = first; output < first + stride; output++) {
            int count = Math.ceilDiv(end - output, stride);
            for (int row = 0; row < xRows; row++) {
                rows.dot(output, stride, count, x, xOffset + row * xStride, scratch);
                for (int i = 0, to = cOffset + row * cStride + output; i < count; i++, to += stride) {
                    c[to] = scratch[i];
                }
            }
        }
    }
}
