package io.arkvale.kernels.coded;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.INTS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.primitive.Shapes;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scores a vector of pages at a time, a page per lane: codes are shifted out of words that lanes have in common, and no
 * number is ever added across lanes. A part's numbers are widened once, to memory that stays in the nearest cache, and
 * then read by {@value #TILE} query heads at a time.
 */
final class VectorCodedScore implements CodedScoreKernel {
    private static final int TILE = 4;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final CodedShape shape;
    private final int queryHeads;
    private final int length;
    /** {@code [queryHeads, rounded up to tiles][headDim + extents]}: each query, then its extents' weights. */
    private final float[] factors;
    /** {@code [headDim][LANES]}: zero points. */
    private final float[] zeros;
    /** {@code [headDim + extents][LANES]}: a part's centre and extents. */
    private final float[] numbers;
    /** {@code [queryHeads, rounded up to tiles][LANES]}: the best of the parts so far. */
    private final float[] best;

    VectorCodedScore(CodedShape shape, int queryHeads) {
        this.shape = shape;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        length = shape.headDim() + shape.extents();
        int heads = Math.ceilDiv(queryHeads, TILE) * TILE;
        factors = new float[Math.multiplyExact(heads, length)];
        zeros = new float[Math.multiplyExact(shape.headDim(), LANES)];
        numbers = new float[Math.multiplyExact(length, LANES)];
        best = new float[Math.multiplyExact(heads, LANES)];
    }

    @Override
    public void queries(float[] queries, int at, float[] weights) {
        ScalarCodedScore.interleave(shape, queryHeads, queries, at, weights, factors);
    }

    @Override
    public void score(MemorySegment block, long offset, int pages, float[] scores, int at, int row) {
        Shapes.between("pages", pages, 0, PAGES);
        for (int page = 0; page < pages; page += LANES) {
            long first = offset + (long) page * Integer.BYTES;
            var target = shape.hasOffsets() ? zeros : numbers;
            readZeros(block, first, target);
            for (int part = 0; part < shape.parts(); part++) {
                if (shape.hasOffsets()) {
                    readCentre(block, first, part);
                }
                readExtents(block, first, part);
                for (int head = 0; head < queryHeads; head += TILE) {
                    scorePart(head, part == 0);
                }
            }
            int count = Math.min(LANES, pages - page);
            for (int head = 0; head < queryHeads; head++) {
                System.arraycopy(best, head * LANES, scores, at + head * row + page, count);
            }
        }
    }

    private void readZeros(MemorySegment block, long first, float[] target) {
        int bits = shape.zeroBits();
        for (int i = 0; i < shape.headDim(); i++) {
            var scale = word(block, first, shape.zeroScale(i / CodedShape.RUN));
            var code = code(block, first, shape.zeros(), i, bits);
            toFloat(code).fma(upper(scale), lower(scale)).intoArray(target, i * LANES);
        }
    }

    private void readCentre(MemorySegment block, long first, int part) {
        int bits = shape.centreBits();
        int most = CodedShape.most(bits);
        int from = shape.offsets(part);
        for (int i = 0; i < shape.headDim(); i++) {
            var halfStep = lower(word(block, first, shape.partScale(i / CodedShape.RUN)));
            var code = code(block, first, from, i, bits);
            var odd = toFloat(code.add(code).sub(most));
            odd.fma(halfStep, FloatVector.fromArray(FLOATS, zeros, i * LANES)).intoArray(numbers, i * LANES);
        }
    }

    private void readExtents(MemorySegment block, long first, int part) {
        int bits = shape.extentBits();
        int from = shape.extents(part);
        for (int i = 0; i < shape.extents(); i++) {
            var step = upper(word(block, first, shape.partScale(i / CodedShape.RUN)));
            toFloat(code(block, first, from, i, bits)).mul(step).intoArray(numbers, (shape.headDim() + i) * LANES);
        }
    }

    private void scorePart(int head, boolean isFirst) {
        var first = FloatVector.zero(FLOATS);
        var second = FloatVector.zero(FLOATS);
        var third = FloatVector.zero(FLOATS);
        var fourth = FloatVector.zero(FLOATS);
        int at = head * length;
        for (int i = 0; i < length; i++) {
            var number = FloatVector.fromArray(FLOATS, numbers, i * LANES);
            first = number.fma(FloatVector.broadcast(FLOATS, factors[at + i]), first);
            second = number.fma(FloatVector.broadcast(FLOATS, factors[at + length + i]), second);
            third = number.fma(FloatVector.broadcast(FLOATS, factors[at + 2 * length + i]), third);
            fourth = number.fma(FloatVector.broadcast(FLOATS, factors[at + 3 * length + i]), fourth);
        }
        keepBest(first, head, isFirst);
        keepBest(second, head + 1, isFirst);
        keepBest(third, head + 2, isFirst);
        keepBest(fourth, head + 3, isFirst);
    }

    private void keepBest(FloatVector score, int head, boolean isFirst) {
        int at = head * LANES;
        var better = isFirst ? score : score.max(FloatVector.fromArray(FLOATS, best, at));
        better.intoArray(best, at);
    }

    private static IntVector code(MemorySegment block, long first, int from, int index, int bits) {
        int bit = index * bits;
        int word = from + bit / Integer.SIZE;
        int shift = bit % Integer.SIZE;
        var code = word(block, first, word).lanewise(VectorOperators.LSHR, shift);
        if (shift + bits > Integer.SIZE) {
            code = code.or(word(block, first, word + 1).lanewise(VectorOperators.LSHL, Integer.SIZE - shift));
        }
        return code.and(CodedShape.most(bits));
    }

    private static IntVector word(MemorySegment block, long first, int word) {
        return IntVector.fromMemorySegment(INTS, block, first + (long) word * PAGES * Integer.BYTES, ORDER);
    }

    private static FloatVector toFloat(IntVector codes) {
        return (FloatVector) codes.convertShape(VectorOperators.I2F, FLOATS, 0);
    }

    private static FloatVector lower(IntVector halves) {
        return halves.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private static FloatVector upper(IntVector halves) {
        return halves.and(0xFFFF0000).reinterpretAsFloats();
    }
}
