package io.arkvale.llama.forward;

import io.arkvale.llama.attention.AttentionShape;

/**
 * What a block hands to attention and gets from it.
 *
 * @param rawQueries {@code [rows, queryHeads · headDim]} before rotation
 * @param queries {@code [rows, queryHeads · headDim]}
 * @param keys {@code [rows, kvHeads · headDim]}
 * @param values {@code [rows, kvHeads · headDim]}
 * @param attended {@code [rows, queryHeads · headDim]}
 */
public record AttentionRows(Rows rawQueries, Rows queries, Rows keys, Rows values, Rows attended) {

    /**
     * Room for so many rows.
     *
     * @param raw whether queries before rotation are wanted; if not, there are no such rows
     */
    public static AttentionRows of(DenseOperations operations, AttentionShape shape, int rows, boolean raw) {
        var projected = operations.allocateBeside(rows, shape.queryWidth(), shape.kvWidth(), shape.kvWidth());
        return new AttentionRows(
                operations.allocate(raw ? rows : 0, shape.queryWidth()),
                projected.get(0),
                projected.get(1),
                projected.get(2),
                operations.allocate(rows, shape.queryWidth()));
    }

    /** A view of some rows. */
    public AttentionRows slice(int first, int rows) {
        return new AttentionRows(
                rawQueries.rows() == 0 ? rawQueries : rawQueries.slice(first, rows),
                queries.slice(first, rows),
                keys.slice(first, rows),
                values.slice(first, rows),
                attended.slice(first, rows));
    }
}
