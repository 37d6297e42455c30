package io.arkvale.kernels.weights;

import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.kernels.primitive.Shapes;

/**
 * Weights widened to float32 and stored as panels {@code [outputs / panel][inputs][panel]}, so that a tile reads them as
 * one run. The last panel is padded with zeros. For models that the processor's caches can hold.
 *
 * <p>Filled row by row by its owner, from any number of threads as long as no two fill the same panel; read-only
 * after that.
 */
public final class PackedMatrix implements WeightMatrix {
    private static final float[] NO_SCRATCH = {};

    private final MatrixKernels kernels;
    private final int outputs;
    private final int inputs;
    private final float[][] panels;

    PackedMatrix(MatrixKernels kernels, int outputs, int inputs) {
        this.kernels = kernels;
        this.outputs = Shapes.atLeastOne("outputs", outputs);
        this.inputs = Shapes.atLeastOne("inputs", inputs);
        int panel = kernels.panel();
        panels = new float[(outputs + panel - 1) / panel][Math.multiplyExact(inputs, panel)];
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    /** Outputs per panel, which is a part of the matrix. */
    public int panelWidth() {
        return kernels.panel();
    }

    /** Sets the weights of one output from {@code inputs} values at {@code offset}. */
    public void setRow(int output, float[] values, int offset) {
        int width = kernels.panel();
        float[] panel = panels[output / width];
        for (int k = 0, at = output % width; k < inputs; k++, at += width) {
            panel[at] = values[offset + k];
        }
    }

    @Override
    public void getRow(int output, float[] values, int offset) {
        int width = kernels.panel();
        float[] panel = panels[output / width];
        for (int k = 0, at = output % width; k < inputs; k++, at += width) {
            values[offset + k] = panel[at];
        }
    }

    /** Computes {@code rows} rows of {@code C = X · Wᵀ}: X is {@code rows × inputs}, C {@code rows × outputs}. */
    public void multiply(int rows, float[] x, int xOffset, int xStride, float[] c, int cOffset, int cStride) {
        for (int part = 0; part < panels.length; part++) {
            multiply(part, rows, x, xOffset, xStride, c, cOffset, cStride, NO_SCRATCH);
        }
    }

    @Override
    public int parts() {
        return panels.length;
    }

    @Override
    public int scratch() {
        return 0;
    }

    @Override
    public void multiply(
            int part,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride,
            float[] scratch) {
        int first = part * kernels.panel();
        int columns = Math.min(kernels.panel(), outputs - first);
        PanelProduct.multiply(
                kernels, panels[part], inputs, columns, rows, x, xOffset, xStride, c, cOffset + first, cStride);
    }
}
