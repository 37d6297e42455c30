package io.arkvale.kernels;

import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Dot products of all query heads with all rows of a block: the scores of tokens and those of digests. Each dot product
 * is summed lane by lane; the lanes are added later, for as many rows at once as there are lanes, by a transposition
 * that adds as it goes.
 */
final class VectorDots {
    /** Heads whose accumulators, for two rows each, fill a good part of the registers of any machine. */
    private static final int TILE_HEADS = 4;

    private final int stride;
    private final int capacity;
    /** {@code [TILE_HEADS][capacity][LANES]}: sums by lane. */
    private final float[] partial;

    /**
     * Makes room for blocks of up to {@code capacity} rows, a multiple of the lanes, each {@code stride} long, a multiple
     * of the lanes too.
     */
    VectorDots(int stride, int capacity) {
        this.stride = stride;
        this.capacity = capacity;
        partial = new float[TILE_HEADS * capacity * LANES];
    }

    /**
     * Writes {@code queries[head] . rows[row]} to {@code out[head * capacity + row]}. What stands in {@code out} beyond
     * {@code count} is left undefined.
     */
    void multiply(float[] queries, int heads, float[] rows, int count, float[] out) {
        int head = 0;
        for (; head <= heads - TILE_HEADS; head += TILE_HEADS) {
            fourHeads(queries, head * stride, rows, count);
            for (int i = 0; i < TILE_HEADS; i++) {
                addLanes(i * capacity, count, out, (head + i) * capacity);
            }
        }
        for (; head < heads; head++) {
            oneHead(queries, head * stride, rows, count);
            addLanes(0, count, out, head * capacity);
        }
    }

    private void fourHeads(float[] queries, int query, float[] rows, int count) {
        for (int row = 0; row < count; row += 2) {
            FloatVector even0 = FloatVector.zero(FLOATS);
            FloatVector even1 = even0;
            FloatVector even2 = even0;
            FloatVector even3 = even0;
            FloatVector odd0 = even0;
            FloatVector odd1 = even0;
            FloatVector odd2 = even0;
            FloatVector odd3 = even0;
            int evenRow = row * stride;
            int oddRow = evenRow + stride;
            for (int i = 0; i < stride; i += LANES) {
                var even = FloatVector.fromArray(FLOATS, rows, evenRow + i);
                var odd = FloatVector.fromArray(FLOATS, rows, oddRow + i);
                var head0 = FloatVector.fromArray(FLOATS, queries, query + i);
                even0 = even.fma(head0, even0);
                odd0 = odd.fma(head0, odd0);
                var head1 = FloatVector.fromArray(FLOATS, queries, query + stride + i);
                even1 = even.fma(head1, even1);
                odd1 = odd.fma(head1, odd1);
                var head2 = FloatVector.fromArray(FLOATS, queries, query + 2 * stride + i);
                even2 = even.fma(head2, even2);
                odd2 = odd.fma(head2, odd2);
                var head3 = FloatVector.fromArray(FLOATS, queries, query + 3 * stride + i);
                even3 = even.fma(head3, even3);
                odd3 = odd.fma(head3, odd3);
            }
            storePair(even0, odd0, row);
            storePair(even1, odd1, capacity + row);
            storePair(even2, odd2, 2 * capacity + row);
            storePair(even3, odd3, 3 * capacity + row);
        }
    }

    private void oneHead(float[] queries, int query, float[] rows, int count) {
        for (int row = 0; row < count; row += 2) {
            FloatVector even = FloatVector.zero(FLOATS);
            FloatVector odd = even;
            int evenRow = row * stride;
            int oddRow = evenRow + stride;
            for (int i = 0; i < stride; i += LANES) {
                var head = FloatVector.fromArray(FLOATS, queries, query + i);
                even = FloatVector.fromArray(FLOATS, rows, evenRow + i).fma(head, even);
                odd = FloatVector.fromArray(FLOATS, rows, oddRow + i).fma(head, odd);
            }
            storePair(even, odd, row);
        }
    }

    private void storePair(FloatVector even, FloatVector odd, int row) {
        even.intoArray(partial, row * LANES);
        odd.intoArray(partial, (row + 1) * LANES);
    }

    /** Sums the lanes of {@code count} rows of {@link #partial}, rounded up to whole vectors. */
    private void addLanes(int firstRow, int count, float[] out, int at) {
        for (int row = 0; row < count; row += LANES) {
            int base = (firstRow + row) * LANES;
            // Rows i and i + half become row i, its lanes with that bit set for the second: after the last halving,
            // lane r of row 0 is the sum of row r.
            if (LANES > 8) {
                halve(base, 8, Lanes.BIT_3, Lanes.FLIP_3);
            }
            if (LANES > 4) {
                halve(base, 4, Lanes.BIT_2, Lanes.FLIP_2);
            }
            halve(base, 2, Lanes.BIT_1, Lanes.FLIP_1);
            halve(base, 1, Lanes.BIT_0, Lanes.FLIP_0);
            FloatVector.fromArray(FLOATS, partial, base).intoArray(out, at + row);
        }
    }

    private void halve(int base, int half, VectorMask<Float> upper, VectorShuffle<Float> flip) {
        for (int i = 0; i < half; i++) {
            int at = base + i * LANES;
            var first = FloatVector.fromArray(FLOATS, partial, at);
            var second = FloatVector.fromArray(FLOATS, partial, at + half * LANES);
            var sum = first.blend(second, upper).add(second.blend(first, upper).rearrange(flip));
            sum.intoArray(partial, at);
        }
    }

    /** For each bit of a lane's number: the lanes that have it set, and the exchange of those with the others. */
    private static final class Lanes {
        static final VectorMask<Float> BIT_0 = VectorMask.fromLong(FLOATS, 0xaaaa);
        static final VectorMask<Float> BIT_1 = VectorMask.fromLong(FLOATS, 0xcccc);
        static final VectorMask<Float> BIT_2 = VectorMask.fromLong(FLOATS, 0xf0f0);
        static final VectorMask<Float> BIT_3 = VectorMask.fromLong(FLOATS, 0xff00);
        static final VectorShuffle<Float> FLIP_0 = flip(1);
        static final VectorShuffle<Float> FLIP_1 = flip(2);
        static final VectorShuffle<Float> FLIP_2 = flip(4);
        static final VectorShuffle<Float> FLIP_3 = flip(8);

        private static VectorShuffle<Float> flip(int bit) {
            return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ bit) % LANES);
        }
    }
}
