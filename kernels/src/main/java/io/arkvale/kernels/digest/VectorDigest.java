package io.arkvale.kernels.digest;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.primitive.ScalarMath;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.FormatCodec;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Statistics of a page, a vector of columns at a time. */
final class VectorDigest implements DigestKernel {
    /** Sums of squares outside this range have lost accuracy to overflow or underflow. */
    private static final float LEAST_SQUARES = 0x1p-90f;

    private final int headDim;
    private final int pageSize;
    private final long rowBytes;
    private final int stride;
    private final PaddedBlock keys;
    /** Results and centres, padded: the caller's vectors need not be. */
    private final float[] centre;

    private final float[] smallest;
    private final float[] largest;
    private final float[] mean;
    /** One vector, on its way to being summed. */
    private final float[] lanes = new float[LANES];

    private int tokens;

    VectorDigest(FormatCodec codec, int headDim, int pageSize) {
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        this.pageSize = Shapes.atLeastOne("pageSize", pageSize);
        rowBytes = (long) headDim * codec.format().bytes();
        keys = new PaddedBlock(codec, headDim, pageSize + (pageSize & 1));
        stride = keys.stride;
        centre = new float[stride];
        smallest = new float[stride];
        largest = new float[stride];
        mean = new float[stride];
    }

    @Override
    public void load(MemorySegment keys, long offset, int tokens) {
        this.tokens = Shapes.between("tokens", tokens, 1, pageSize);
        this.keys.load(keys, offset, rowBytes, tokens);
    }

    @Override
    public void bounds(float[] minimum, float[] maximum) {
        for (int column = 0; column < stride; column += LANES) {
            var low = key(0, column);
            var high = low;
            for (int token = 1; token < tokens; token++) {
                var key = key(token, column);
                low = low.min(key);
                high = high.max(key);
            }
            low.intoArray(smallest, column);
            high.intoArray(largest, column);
        }
        System.arraycopy(smallest, 0, minimum, 0, headDim);
        System.arraycopy(largest, 0, maximum, 0, headDim);
    }

    @Override
    public void mean(float[] mean) {
        float share = 1f / tokens;
        for (int column = 0; column < stride; column += LANES) {
            var sum = FloatVector.zero(FLOATS);
            for (int token = 0; token < tokens; token++) {
                // Each key's share is added, since a plain sum of large keys could overflow.
                sum = sum.add(key(token, column).mul(share));
            }
            sum.intoArray(this.mean, column);
        }
        System.arraycopy(this.mean, 0, mean, 0, headDim);
    }

    @Override
    public void deviations(float[] centre, float[] smallest, float[] largest, float[] mean) {
        System.arraycopy(centre, 0, this.centre, 0, headDim);
        float share = 1f / tokens;
        for (int column = 0; column < stride; column += LANES) {
            var middle = FloatVector.fromArray(FLOATS, this.centre, column);
            var low = key(0, column).sub(middle).abs();
            var high = low;
            var sum = low.mul(share);
            for (int token = 1; token < tokens; token++) {
                var deviation = key(token, column).sub(middle).abs();
                low = low.min(deviation);
                high = high.max(deviation);
                sum = sum.add(deviation.mul(share));
            }
            low.intoArray(this.smallest, column);
            high.intoArray(this.largest, column);
            sum.intoArray(this.mean, column);
        }
        System.arraycopy(this.smallest, 0, smallest, 0, headDim);
        System.arraycopy(this.largest, 0, largest, 0, headDim);
        System.arraycopy(this.mean, 0, mean, 0, headDim);
    }

    @Override
    public void distances(float[] centre, float[] norms) {
        System.arraycopy(centre, 0, this.centre, 0, headDim);
        for (int token = 0; token < tokens; token++) {
            var squares = FloatVector.zero(FLOATS);
            for (int column = 0; column < stride; column += LANES) {
                var difference = key(token, column).sub(FloatVector.fromArray(FLOATS, this.centre, column));
                squares = difference.fma(difference, squares);
            }
            float sum = sum(squares);
            norms[token] = sum >= LEAST_SQUARES && sum <= Float.MAX_VALUE
                    ? (float) Math.sqrt(sum)
                    : ScalarMath.distance(keys.rows, token * stride, this.centre, headDim);
        }
    }

    /** Not in vectors: the second column of a pair seldom begins where a vector does, and a page is summarised once. */
    @Override
    public void pairDeviations(float[] centre, float[] smallest, float[] largest, float[] mean) {
        ScalarDigest.pairDeviations(keys.rows, stride, headDim, tokens, centre, smallest, largest, mean);
    }

    /** Not by reduceLanes(ADD), whose order, and so the result's bits, differ between compiled and interpreted code. */
    private float sum(FloatVector vector) {
        vector.intoArray(lanes, 0);
        float sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    private FloatVector key(int token, int column) {
        return FloatVector.fromArray(FLOATS, keys.rows, token * stride + column);
    }
}
