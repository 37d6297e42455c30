package io.arkvale.kernels.coded;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.primitive.Shapes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Scores a vector of pages at a time, a page per lane: codes are shifted out of words that lanes have in common, and no
 * number is ever added across lanes. A part's numbers are widened once, to memory that stays in the nearest cache, and
 * then read by {@value #TILE} query heads at a time.
 */
final class VectorCodedScore implements CodedScoreKernel {
    private static final int TILE = 4;

    private final CodedShape shape;
    private final int queryHeads;
    private final int length;
    /** {@code [queryHeads, rounded up to tiles][headDim + extents]}: each query, then its extents' weights. */
    private final float[] factors;
    /** {@code [headDim + extents][LANES]}: a part's centre and extents. */
    private final float[] numbers;
    /** {@code [queryHeads, rounded up to tiles][LANES]}: a part's scores. */
    private final float[] scored;
    /** The same: the best of the parts so far. */
    private final float[] best;

    /** What is the same for all parts. */
    private final CodeRows zeros;
    /** What each part has of its own. */
    private final List<CodeRows> ofParts = new ArrayList<>();

    VectorCodedScore(CodedShape shape, int queryHeads) {
        this.shape = shape;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        length = shape.headDim() + shape.extents();
        int heads = Math.ceilDiv(queryHeads, TILE) * TILE;
        factors = new float[Math.multiplyExact(heads, length)];
        numbers = new float[Math.multiplyExact(length, LANES)];
        scored = new float[Math.multiplyExact(heads, LANES)];
        best = new float[scored.length];
        if (shape.hasOffsets()) {
            var zeroPoints = new float[shape.headDim() * LANES];
            zeros = new CodeRows.Zeros(shape, zeroPoints);
            ofParts.add(new CodeRows.Centres(shape, zeroPoints, numbers));
        } else {
            zeros = new CodeRows.Zeros(shape, numbers);
        }
        if (shape.extents() > 0) {
            ofParts.add(new CodeRows.Extents(shape, numbers));
        }
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
            zeros.read(block, first, 0);
            Arrays.fill(best, Float.NEGATIVE_INFINITY);
            for (int part = 0; part < shape.parts(); part++) {
                for (int i = 0; i < ofParts.size(); i++) {
                    ofParts.get(i).read(block, first, part);
                }
                for (int head = 0; head < queryHeads; head += TILE) {
                    scorePart(head);
                }
                for (int i = 0; i < best.length; i++) {
                    best[i] = Math.max(best[i], scored[i]);
                }
            }
            int count = Math.min(LANES, pages - page);
            for (int head = 0; head < queryHeads; head++) {
                System.arraycopy(best, head * LANES, scores, at + head * row + page, count);
            }
        }
    }

    private void scorePart(int head) {
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
        first.intoArray(scored, head * LANES);
        second.intoArray(scored, (head + 1) * LANES);
        third.intoArray(scored, (head + 2) * LANES);
        fourth.intoArray(scored, (head + 3) * LANES);
    }
}
