package io.arkvale.kernels.causal;

import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.StorageFormat;
import java.util.Arrays;

/**
 * Exact causal softmax attention over {@link PackedKeyValues}, block by block with an online softmax (Dao et al.,
 * FlashAttention, 2022): never more than a tile of scores exists. For the {@code queryHeads} query heads that share one
 * KV head; the query at position p attends to the keys at positions 0 to p.
 *
 * <p>Scores are in base 2, the factor log₂e being folded into the queries. A row's running maximum is raised only when
 * a block exceeds it by {@value #SLACK}, so rescaling is rare and a power of two still fits float32 with room.
 *
 * <p>A row's result depends on its query and the keys and values up to it alone: key blocks have fixed boundaries and
 * each row's arithmetic is the same in every tile, so any division of a prompt into chunks, items and threads gives the
 * same bits.
 */
public final class CausalAttention {

    /** Stacked rows (positions times query heads) of an item: enough to reuse each key block from the cache. */
    private static final int ITEM_ROWS = 192;

    /**
     * Rows that take each panel of keys and values in turn while the first-level cache holds it: four register tiles, whose
     * scores of a block fit beside it.
     */
    private static final int GROUP_ROWS = 4 * MatrixKernels.TILE_ROWS;

    private static final float SLACK = 8f;

    private final MatrixKernels matrix;
    private final SoftmaxKernels softmax;
    private final int queryHeads;
    private final int headDim;
    private final int valueStride;
    private final float queryFactor;

    /**
     * Attention.
     *
     * @param matrix of the same kind, scalar or vector, as {@code softmax}
     * @param queryHeads query heads that share the KV head, at least 1
     * @param headDim length of a key, value or query, at least 1
     * @param scale factor of every score, usually {@code 1/√headDim}
     */
    public CausalAttention(MatrixKernels matrix, SoftmaxKernels softmax, int queryHeads, int headDim, double scale) {
        this.matrix = matrix;
        this.softmax = softmax;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        valueStride = matrix.padded(headDim);
        queryFactor = (float) (scale / Math.log(2.0));
    }

    /** The positions that one call of {@link #attend} is meant for: a work item of a pool. */
    public int itemPositions() {
        return Math.max(1, ITEM_ROWS / queryHeads);
    }

    /** Memory for calls of up to {@code positions} positions; for one thread at a time. */
    public State newState(int positions) {
        return new State(Math.multiplyExact(positions, queryHeads));
    }

    /** As the other, without a window. */
    public void attend(
            PackedKeyValues cache,
            int start,
            int positions,
            float[] queries,
            int queryOffset,
            int queryStride,
            float[] out,
            int outOffset,
            int outStride,
            State state) {
        attend(
                cache,
                start,
                positions,
                Integer.MAX_VALUE,
                queries,
                queryOffset,
                queryStride,
                out,
                outOffset,
                outStride,
                state);
    }

    /**
     * Computes the outputs of {@code positions} consecutive positions from {@code start} on. Query head h of position
     * {@code start + i} stands at {@code queryOffset + i · queryStride + h · headDim}; outputs likewise.
     *
     * @param window keys that a query attends to, its own counted: the last so many, at least 1
     */
    public void attend(
            PackedKeyValues cache,
            int start,
            int positions,
            int window,
            float[] queries,
            int queryOffset,
            int queryStride,
            float[] out,
            int outOffset,
            int outStride,
            State state) {
        Shapes.atLeastOne("window", window);
        begin(state, positions, queries, queryOffset, queryStride);
        int oldest = Math.max(0, start + 1 - window);
        int fromKey = oldest / PackedKeyValues.BLOCK * PackedKeyValues.BLOCK;
        accumulate(cache, start, fromKey, start + positions, window, state);
        finish(state, out, outOffset, outStride);
    }

    /** Empties {@code state} and gives it the queries of {@code positions} positions, laid out as in {@link #attend}. */
    public void begin(State state, int positions, float[] queries, int queryOffset, int queryStride) {
        state.rows = positions * queryHeads;
        for (int row = 0; row < state.rows; row++) {
            int from = queryOffset + row / queryHeads * queryStride + row % queryHeads * headDim;
            for (int i = 0; i < headDim; i++) {
                state.queries[row * headDim + i] = queries[from + i] * queryFactor;
            }
        }
        Arrays.fill(state.weighted, 0, state.rows * valueStride, 0f);
        Arrays.fill(state.sums, 0, state.rows * matrix.lanes(), 0f);
        Arrays.fill(state.largest, 0, state.rows, Float.NEGATIVE_INFINITY);
    }

    /**
     * Attends to the keys at positions {@code fromKey} to {@code toKey}, each row to those up to its own.
     *
     * @param start position of the state's first queries
     * @param fromKey a multiple of {@link PackedKeyValues#BLOCK}
     */
    public void accumulate(PackedKeyValues cache, int start, int fromKey, int toKey, State state) {
        accumulate(cache, start, fromKey, toKey, Integer.MAX_VALUE, state);
    }

    private void accumulate(PackedKeyValues cache, int start, int fromKey, int toKey, int window, State state) {
        if (fromKey % PackedKeyValues.BLOCK != 0 || fromKey > toKey || toKey > cache.length()) {
            throw new IllegalArgumentException("keys " + fromKey + " to " + toKey + " of " + cache.length()
                    + ": the first must be a multiple of " + PackedKeyValues.BLOCK);
        }
        state.makeRoom(cache.format());
        for (int key = fromKey; key < toKey; key += PackedKeyValues.BLOCK) {
            float[] keyBlock = cache.keyBlock(key / PackedKeyValues.BLOCK, state.keyRoom);
            float[] valueBlock = cache.valueBlock(key / PackedKeyValues.BLOCK, state.valueRoom);
            for (int row = 0; row < state.rows; row += GROUP_ROWS) {
                int rows = Math.min(GROUP_ROWS, state.rows - row);
                int lastPosition = start + (row + rows - 1) / queryHeads;
                int keys = Math.min(PackedKeyValues.BLOCK, Math.min(toKey, lastPosition + 1) - key);
                if (keys > 0) {
                    group(keyBlock, valueBlock, key, keys, row, rows, start, window, state);
                }
            }
        }
    }

    /** Scores of a group of rows against a block of keys, their exponentials, and the weighted values. */
    private void group(
            float[] keyBlock,
            float[] valueBlock,
            int key,
            int keys,
            int row,
            int rows,
            int start,
            int window,
            State state) {
        int panel = matrix.panel();
        float[] scores = state.scores;
        for (int from = 0; from < keys; from += panel) {
            matrix.multiply(
                    rows,
                    headDim,
                    panel,
                    state.queries,
                    row * headDim,
                    headDim,
                    keyBlock,
                    from * headDim,
                    panel,
                    scores,
                    from,
                    PackedKeyValues.BLOCK);
        }
        int padded = matrix.padded(keys);
        for (int i = 0; i < rows; i++) {
            int visible = Math.max(0, start + (row + i) / queryHeads + 1 - key);
            int at = i * PackedKeyValues.BLOCK;
            if (Math.min(visible, keys) < padded) {
                Arrays.fill(scores, at + Math.min(visible, keys), at + padded, Float.NEGATIVE_INFINITY);
            }
            int hidden = Math.min(visible - window, keys);
            if (hidden == keys) {
                // A row that has seen no key yet has no largest score to hold nothing against.
                Arrays.fill(scores, at, at + padded, 0f);
                continue;
            }
            if (hidden > 0) {
                Arrays.fill(scores, at, at + hidden, Float.NEGATIVE_INFINITY);
            }
            softmax.exponentiate(
                    scores, at, padded, SLACK, row + i, state.largest, state.sums, state.weighted, valueStride);
        }
        for (int from = 0; from < valueStride; from += panel) {
            int width = Math.min(panel, valueStride - from);
            matrix.multiply(
                    rows,
                    keys,
                    width,
                    scores,
                    0,
                    PackedKeyValues.BLOCK,
                    valueBlock,
                    from * PackedKeyValues.BLOCK,
                    width,
                    state.product,
                    from,
                    valueStride);
        }
        softmax.add(state.weighted, row * valueStride, state.product, 0, rows * valueStride);
    }

    /** Adds what {@code other}, with the same queries and other keys, has gathered; {@code other} may be rescaled. */
    public void merge(State state, State other) {
        for (int row = 0; row < state.rows; row++) {
            float largest = Math.max(state.largest[row], other.largest[row]);
            softmax.raise(largest, row, state.largest, state.sums, state.weighted, valueStride);
            softmax.raise(largest, row, other.largest, other.sums, other.weighted, valueStride);
            softmax.add(state.weighted, row * valueStride, other.weighted, row * valueStride, valueStride);
            softmax.add(state.sums, row * matrix.lanes(), other.sums, row * matrix.lanes(), matrix.lanes());
        }
    }

    /** Writes the outputs, laid out as in {@link #attend}. */
    public void finish(State state, float[] out, int outOffset, int outStride) {
        int lanes = matrix.lanes();
        for (int row = 0; row < state.rows; row++) {
            float sum = 0f;
            for (int lane = 0; lane < lanes; lane++) {
                sum += state.sums[row * lanes + lane];
            }
            int to = outOffset + row / queryHeads * outStride + row % queryHeads * headDim;
            for (int i = 0; i < headDim; i++) {
                out[to + i] = state.weighted[row * valueStride + i] / sum;
            }
        }
    }

    /** Queries and what has been gathered for them. The rows of a position's query heads stand together. */
    public final class State {
        private int rows;
        /** {@code [rows][headDim]}, with the factor. */
        private final float[] queries;
        /** {@code [group rows][BLOCK]}. */
        private final float[] scores = new float[GROUP_ROWS * PackedKeyValues.BLOCK];
        /** {@code [group rows][valueStride]}. */
        private final float[] product = new float[Math.multiplyExact(GROUP_ROWS, valueStride)];
        /** {@code [rows]}, the running maximum, lowered by at most the slack. */
        private final float[] largest;
        /** {@code [rows][lanes]}. */
        private final float[] sums;
        /** {@code [rows][valueStride]}. */
        private final float[] weighted;

        /** A block's keys and values widened to float32, when they are stored in another format. */
        private float[] keyRoom = {};

        private float[] valueRoom = {};

        private void makeRoom(StorageFormat format) {
            if (format != StorageFormat.F32 && keyRoom.length == 0) {
                keyRoom = new float[Math.multiplyExact(PackedKeyValues.BLOCK, headDim)];
                valueRoom = new float[Math.multiplyExact(PackedKeyValues.BLOCK, valueStride)];
            }
        }

        private State(int rows) {
            queries = new float[Math.multiplyExact(rows, headDim)];
            largest = new float[rows];
            sums = new float[Math.multiplyExact(rows, matrix.lanes())];
            weighted = new float[Math.multiplyExact(rows, valueStride)];
        }
    }
}
