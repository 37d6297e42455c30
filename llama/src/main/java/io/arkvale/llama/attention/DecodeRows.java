package io.arkvale.llama.attention;

/**
 * One layer's projections of a decode pass, a row per sequence. The arrays may be longer than their shapes.
 *
 * @param positions where each row's token stands, {@code [rows]}
 * @param queries {@code [rows, queryHeads, headDim]}, rotated
 * @param keys {@code [rows, kvHeads, headDim]}, rotated
 * @param values {@code [rows, kvHeads, headDim]}
 * @param rawQueries the queries before rotation, for policies that place tokens anew
 */
@SuppressWarnings("ArrayRecordComponent") // Views of the pass's buffers; never compared.
public record DecodeRows(int[] positions, float[] queries, float[] keys, float[] values, float[] rawQueries) {

    /** Number of rows. */
    public int rows() {
        return positions.length;
    }
}
