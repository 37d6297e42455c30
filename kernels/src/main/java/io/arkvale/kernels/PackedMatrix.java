package io.arkvale.kernels;

/**
 * Weights widened to float32 and stored as panels {@code [outputs / panel][inputs][panel]}, so that a tile reads them as
 * one run. The last panel is padded with zeros. For models that the processor's caches can hold.
 *
 * <p>Filled row by row by its owner, from any number of threads as long as no two fill the same panel; read-only
 * after that.
 */
public final class PackedMatrix implements WeightMatrix {

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

    /** The panels of {@link #panelWidth()} outputs that products can be divided by. */
    public int panels() {
        return panels.length;
    }

    /** Outputs per panel. */
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
        multiply(0, panels.length, rows, x, xOffset, xStride, c, cOffset, cStride);
    }

    /**
     * The same for the outputs of panels {@code fromPanel} to {@code toPanel}, which is how threads share the product
     * of a single row. {@code cOffset} is where output 0 goes, as in the whole product.
     */
    public void multiply(
            int fromPanel,
            int toPanel,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride) {
        int width = kernels.panel();
        for (int p = fromPanel; p < toPanel; p++) {
            int columns = Math.min(width, outputs - p * width);
            int cPanel = cOffset + p * width;
            PanelProduct.multiply(kernels, panels[p], inputs, columns, rows, x, xOffset, xStride, c, cPanel, cStride);
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
        multiply(part, part + 1, rows, x, xOffset, xStride, c, cOffset, cStride);
    }

    /** The bits of {@link #multiply}. */
    @Override
    public void multiplyEach(
            int part,
            int rows,
            float[] x,
            int xOffset,
            int xStride,
            float[] c,
            int cOffset,
            int cStride,
            float[] scratch) {
        multiply(part, part + 1, rows, x, xOffset, xStride, c, cOffset, cStride);
    }
}
