package io.arkvale.llama.forward;

import io.arkvale.llama.config.LlamaConfig;

/**
 * What a block computes on the way from a few rows to their updates.
 *
 * @param normed {@code [rows, hidden]}
 * @param update {@code [rows, hidden]}: what attention or feed-forward adds
 * @param gate {@code [rows, intermediate]}
 * @param up {@code [rows, intermediate]}
 */
public record Buffers(Rows normed, Rows update, Rows gate, Rows up) {

    /** Room for so many rows. */
    public static Buffers of(DenseOperations operations, LlamaConfig config, int rows) {
        var feedForward = operations.allocateBeside(rows, config.intermediateSize(), config.intermediateSize());
        return new Buffers(
                operations.allocate(rows, config.hiddenSize()),
                operations.allocate(rows, config.hiddenSize()),
                feedForward.get(0),
                feedForward.get(1));
    }

    /** The first rows. */
    public Buffers first(int rows) {
        return new Buffers(normed.slice(0, rows), update.slice(0, rows), gate.slice(0, rows), up.slice(0, rows));
    }
}
