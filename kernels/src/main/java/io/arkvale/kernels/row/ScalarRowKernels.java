package io.arkvale.kernels.row;

/** Plain loops. */
final class ScalarRowKernels implements RowKernels {

    static final ScalarRowKernels INSTANCE = new ScalarRowKernels();

    /** {@code 2√(2/π)}. */
    static final double GELU_FACTOR = 2 * Math.sqrt(2 / Math.PI);

    static final double GELU_CUBIC = 0.044715;

    private ScalarRowKernels() {}

    @Override
    public void rmsNorm(float[] x, int xOffset, float[] weight, float epsilon, float[] out, int outOffset, int count) {
        float squares = 0f;
        for (int i = 0; i < count; i++) {
            squares += x[xOffset + i] * x[xOffset + i];
        }
        float factor = inverseRoot(squares, count, epsilon);
        for (int i = 0; i < count; i++) {
            out[outOffset + i] = weight[i] * (x[xOffset + i] * factor);
        }
    }

    static float inverseRoot(float squares, int count, float epsilon) {
        return (float) (1.0 / Math.sqrt(squares / count + epsilon));
    }

    @Override
    public void rotateHalf(float[] x, int xOffset, float[] cosines, float[] sines, int tableOffset, int half) {
        rotateHalf(x, xOffset, cosines, sines, tableOffset, half, 0);
    }

    static void rotateHalf(
            float[] x, int xOffset, float[] cosines, float[] sines, int tableOffset, int half, int from) {
        for (int i = from; i < half; i++) {
            float first = x[xOffset + i];
            float second = x[xOffset + half + i];
            float cosine = cosines[tableOffset + i];
            float sine = sines[tableOffset + i];
            x[xOffset + i] = first * cosine - second * sine;
            x[xOffset + half + i] = second * cosine + first * sine;
        }
    }

    @Override
    public void siluMultiply(
            float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count) {
        siluMultiply(gate, gateOffset, up, upOffset, out, outOffset, count, 0);
    }

    static void siluMultiply(
            float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count, int from) {
        for (int i = from; i < count; i++) {
            float value = gate[gateOffset + i];
            out[outOffset + i] = (float) (value / (1.0 + Math.exp(-value))) * up[upOffset + i];
        }
    }

    @Override
    public void geluMultiply(
            float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count) {
        geluMultiply(gate, gateOffset, up, upOffset, out, outOffset, count, 0);
    }

    static void geluMultiply(
            float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count, int from) {
        for (int i = from; i < count; i++) {
            float value = gate[gateOffset + i];
            double inner = GELU_FACTOR * (value + GELU_CUBIC * value * value * value);
            out[outOffset + i] = (float) (value / (1.0 + Math.exp(-inner))) * up[upOffset + i];
        }
    }

    @Override
    public void scale(float[] x, int offset, float factor, int count) {
        for (int i = 0; i < count; i++) {
            x[offset + i] *= factor;
        }
    }

    @Override
    public void add(float[] target, int targetOffset, float[] values, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] += values[offset + i];
        }
    }
}
