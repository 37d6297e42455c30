package io.arkvale.kernels.row;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;
import static jdk.incubator.vector.VectorOperators.GT;

import io.arkvale.kernels.primitive.VectorExp2;
import jdk.incubator.vector.FloatVector;

/** Vector API implementation; what is left of a row after its last whole vector is done by plain code. */
final class VectorRowKernels implements RowKernels {

    static final VectorRowKernels INSTANCE = new VectorRowKernels();

    private static final float LOG2_E = (float) (1.0 / Math.log(2.0));

    /** {@code 2√(2/π) · log₂e}. */
    private static final float GELU_POWER = (float) (ScalarRowKernels.GELU_FACTOR / Math.log(2.0));

    private static final float GELU_CUBIC = (float) ScalarRowKernels.GELU_CUBIC;

    private VectorRowKernels() {}

    @Override
    public void rmsNorm(float[] x, int xOffset, float[] weight, float epsilon, float[] out, int outOffset, int count) {
        int whole = FLOATS.loopBound(count);
        var sums = FloatVector.zero(FLOATS);
        for (int i = 0; i < whole; i += LANES) {
            var value = FloatVector.fromArray(FLOATS, x, xOffset + i);
            sums = value.fma(value, sums);
        }
        float squares = 0f;
        if (whole > 0) {
            // Not by reduceLanes(ADD), whose order, and so the result's bits, differ between compiled and interpreted
            // code; the output has room until it is written.
            sums.intoArray(out, outOffset);
            for (int lane = outOffset; lane < outOffset + LANES; lane++) {
                squares += out[lane];
            }
        }
        for (int i = whole; i < count; i++) {
            squares += x[xOffset + i] * x[xOffset + i];
        }
        float factor = ScalarRowKernels.inverseRoot(squares, count, epsilon);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + i)
                    .mul(factor)
                    .mul(FloatVector.fromArray(FLOATS, weight, i))
                    .intoArray(out, outOffset + i);
        }
        for (int i = whole; i < count; i++) {
            out[outOffset + i] = weight[i] * (x[xOffset + i] * factor);
        }
    }

    @Override
    public void rotateHalf(float[] x, int xOffset, float[] cosines, float[] sines, int tableOffset, int half) {
        int whole = FLOATS.loopBound(half);
        for (int i = 0; i < whole; i += LANES) {
            var first = FloatVector.fromArray(FLOATS, x, xOffset + i);
            var second = FloatVector.fromArray(FLOATS, x, xOffset + half + i);
            var cosine = FloatVector.fromArray(FLOATS, cosines, tableOffset + i);
            var sine = FloatVector.fromArray(FLOATS, sines, tableOffset + i);
            first.mul(cosine).sub(second.mul(sine)).intoArray(x, xOffset + i);
            second.mul(cosine).add(first.mul(sine)).intoArray(x, xOffset + half + i);
        }
        ScalarRowKernels.rotateHalf(x, xOffset, cosines, sines, tableOffset, half, whole);
    }

    @Override
    public void siluMultiply(
            float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            var value = FloatVector.fromArray(FLOATS, gate, gateOffset + i);
            var power = value.mul(-LOG2_E);
            // Beyond 2^126 the sigmoid is zero to float32's last bit anyway.
            power = power.blend(126f, power.compare(GT, 126f));
            value.div(VectorExp2.exp2(power).add(1f))
                    .mul(FloatVector.fromArray(FLOATS, up, upOffset + i))
                    .intoArray(out, outOffset + i);
        }
        ScalarRowKernels.siluMultiply(gate, gateOffset, up, upOffset, out, outOffset, count, whole);
    }

    @Override
    public void geluMultiply(
            float[] gate, int gateOffset, float[] up, int upOffset, float[] out, int outOffset, int count) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            var value = FloatVector.fromArray(FLOATS, gate, gateOffset + i);
            var inner = value.mul(value).mul(value).mul(GELU_CUBIC).add(value);
            var power = inner.mul(-GELU_POWER);
            power = power.blend(126f, power.compare(GT, 126f));
            value.div(VectorExp2.exp2(power).add(1f))
                    .mul(FloatVector.fromArray(FLOATS, up, upOffset + i))
                    .intoArray(out, outOffset + i);
        }
        ScalarRowKernels.geluMultiply(gate, gateOffset, up, upOffset, out, outOffset, count, whole);
    }

    @Override
    public void scale(float[] x, int offset, float factor, int count) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(FLOATS, x, offset + i).mul(factor).intoArray(x, offset + i);
        }
        ScalarRowKernels.INSTANCE.scale(x, offset + whole, factor, count - whole);
    }

    @Override
    public void add(float[] target, int targetOffset, float[] values, int offset, int count) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(FLOATS, target, targetOffset + i)
                    .add(FloatVector.fromArray(FLOATS, values, offset + i))
                    .intoArray(target, targetOffset + i);
        }
        ScalarRowKernels.INSTANCE.add(target, targetOffset + whole, values, offset + whole, count - whole);
    }
}
