package io.arkvale.kernels;

import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Dot products of all query heads with all rows of a block: the scores of tokens and those of digests. Each dot product
 * is summed lane by lane; the lanes are added afterwards, of as many products at once as there are lanes, by a
 * transposition that adds as it goes.
 *
 * <p>Query heads are taken in tiles of four, the last of which may be partly empty. Results lie {@code [tile][row][TILE]}.
 */
final class VectorDots {
    /** Query heads of a tile: with two rows each, their accumulators leave room in the registers of any machine. */
    static final int TILE = 4;

    private final int stride;
    /** {@code [row][TILE][LANES]} of one tile: sums by lane. */
    private final float[] partial;

    /**
     * Makes room for blocks of up to {@code capacity} rows, even and a multiple of the lanes over four, each
     * {@code stride} long, a multiple of the lanes.
     */
    VectorDots(int stride, int capacity) {
        this.stride = stride;
        partial = new float[Math.multiplyExact(capacity, TILE * LANES)];
    }

    /** The length of the results for {@code heads} query heads and up to {@code capacity} rows. */
    static int resultLength(int heads, int capacity) {
        return Math.multiplyExact(Math.ceilDiv(heads, TILE), capacity * TILE);
    }

    /**
     * Writes {@code queries[head] . rows[row]} to
     * {@code out[(head / TILE * outRows + outRow + row) * TILE + head % TILE]}. What stands there for absent heads, or
     * for rows from {@code count} to the next whole vector, is left undefined.
     */
    void multiply(float[] queries, int heads, float[] rows, int count, float[] out, int outRow, int outRows) {
        for (int first = 0; first < heads; first += TILE) {
            if (first + TILE <= heads) {
                fourHeads(queries, first * stride, rows, count, stride, partial);
            } else {
                for (int head = first; head < heads; head++) {
                    oneHead(queries, head * stride, rows, count, stride, partial, head - first);
                }
            }
            addLanes(partial, count * TILE, out, first * outRows + outRow * TILE);
        }
    }

    private static void fourHeads(float[] queries, int query, float[] rows, int count, int stride, float[] partial) {
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
            int at = row * TILE * LANES;
            even0.intoArray(partial, at);
            even1.intoArray(partial, at + LANES);
            even2.intoArray(partial, at + 2 * LANES);
            even3.intoArray(partial, at + 3 * LANES);
            odd0.intoArray(partial, at + 4 * LANES);
            odd1.intoArray(partial, at + 5 * LANES);
            odd2.intoArray(partial, at + 6 * LANES);
            odd3.intoArray(partial, at + 7 * LANES);
        }
    }

    private static void oneHead(
            float[] queries, int query, float[] rows, int count, int stride, float[] partial, int slot) {
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
            int at = (row * TILE + slot) * LANES;
            even.intoArray(partial, at);
            odd.intoArray(partial, at + TILE * LANES);
        }
    }

    /** Writes the sum of the lanes of each of {@code count} vectors, rounded up to as many as there are lanes. */
    private static void addLanes(float[] partial, int count, float[] out, int at) {
        // Vectors i and i + half become vector i, whose lanes with that bit set are those of the second: after the
        // last halving, lane v of vector 0 is the sum of vector v.
        for (int vector = 0; vector < count; vector += LANES) {
            int base = vector * LANES;
            if (LANES == 16) {
                for (int i = 0; i < 4; i++) {
                    int first = base + i * LANES;
                    quarter(partial, first, 4 * LANES, Lanes.BIT_3, Lanes.FLIP_3, Lanes.BIT_2, Lanes.FLIP_2)
                            .intoArray(partial, first);
                }
            } else if (LANES == 8) {
                for (int i = 0; i < 4; i++) {
                    int first = base + i * LANES;
                    halve(partial, first, first + 4 * LANES, Lanes.BIT_2, Lanes.FLIP_2)
                            .intoArray(partial, first);
                }
            }
            quarter(partial, base, LANES, Lanes.BIT_1, Lanes.FLIP_1, Lanes.BIT_0, Lanes.FLIP_0)
                    .intoArray(out, at + vector);
        }
    }

    /** Four vectors, {@code step} elements apart, as one: halved by the {@code high} bit, then by the {@code low} one. */
    private static FloatVector quarter(
            float[] partial,
            int at,
            int step,
            VectorMask<Float> high,
            VectorShuffle<Float> flipHigh,
            VectorMask<Float> low,
            VectorShuffle<Float> flipLow) {
        var even = halve(partial, at, at + 2 * step, high, flipHigh);
        var odd = halve(partial, at + step, at + 3 * step, high, flipHigh);
        return even.blend(odd, low).add(odd.blend(even, low).rearrange(flipLow));
    }

    private static FloatVector halve(
            float[] partial, int first, int second, VectorMask<Float> upper, VectorShuffle<Float> flip) {
        var left = FloatVector.fromArray(FLOATS, partial, first);
        var right = FloatVector.fromArray(FLOATS, partial, second);
        return left.blend(right, upper).add(right.blend(left, upper).rearrange(flip));
    }
}
