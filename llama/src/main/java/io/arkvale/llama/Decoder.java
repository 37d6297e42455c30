package io.arkvale.llama;

import io.arkvale.llama.attention.DecodeAttention;
import io.arkvale.llama.attention.DecodeRows;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.AttentionRows;
import io.arkvale.llama.forward.Buffers;
import io.arkvale.llama.forward.DenseOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import java.util.Arrays;

/**
 * The forward pass over one new token of each of several sequences. Products are shared by outputs, so that the weights
 * are read once for all rows; a row's results have the same bits in any company and for any number of threads.
 */
public final class Decoder {

    private final Llama model;
    private final LlamaConfig config;
    private final int maxRows;
    private final DenseOperations operations;
    private final Rows hidden; // [rows, hidden]
    private final Rows guessed; // [rows, queryHeads · headDim]
    private final AttentionRows attentionRows;
    private final Buffers buffers;
    private final Rows logits; // [rows, vocabulary]

    Decoder(Llama model, int maxRows) {
        this.model = model;
        this.maxRows = maxRows;
        config = model.config();
        operations = model.operationsForFewRows();
        hidden = operations.allocate(maxRows, config.hiddenSize());
        guessed = operations.allocate(maxRows, config.queryWidth());
        attentionRows = AttentionRows.of(operations, config, maxRows, true);
        buffers = Buffers.of(operations, config, maxRows);
        logits = operations.allocateLogits(maxRows, config.vocabulary());
    }

    /** Reads one token at {@code position} of a single sequence and returns its logits, {@code [vocabulary]}. */
    public float[] run(int token, int position, DecodeAttention attention) {
        return run(new int[] {token}, new int[] {position}, attention);
    }

    /**
     * Reads a token of each sequence.
     *
     * @param tokens one per sequence
     * @param positions where each stands
     * @return the logits, {@code [rows, vocabulary]}
     * @throws ArithmeticException if the logits are not finite numbers; the sequences have their tokens
     */
    public float[] run(int[] tokens, int[] positions, DecodeAttention attention) {
        int rows = tokens.length;
        if (rows < 1 || rows > maxRows || positions.length != rows) {
            throw new IllegalArgumentException(rows + " tokens at " + positions.length
                    + " positions; both must be the same number from 1 to " + maxRows);
        }
        for (int position : positions) {
            model.check(tokens, position, position + 1);
        }
        // Rows of sequences on either side of a crossing of LongRoPE's would need two rotations in one pass.
        int length = Arrays.stream(positions).max().orElseThrow() + 1;
        int shortest = Arrays.stream(positions).min().orElseThrow() + 1;
        if (shortest <= model.ropes().crossing() && length > model.ropes().crossing()) {
            throw new IllegalArgumentException("sequences of " + shortest + " and " + length
                    + " tokens cannot be decoded together: beyond "
                    + model.ropes().crossing()
                    + " tokens this model turns its heads differently");
        }
        var h = hidden.slice(0, rows);
        var own = attentionRows.slice(0, rows);
        try (var where = operations.indices(positions);
                var ids = operations.indices(tokens);
                var pass = attention.decode(positions)) {
            model.ends().embed(operations, ids, h);
            int[] distances = pass.prefetchDistances();
            for (int layer = 0; layer < config.layers(); layer++) {
                for (int distance : distances) {
                    if (layer + distance < config.layers()) {
                        guess(layer + distance, h, length, where);
                        pass.prefetch(layer + distance, distance, guessed.host());
                    }
                }
                model.block(layer).project(operations, h, model.ropes().at(layer, length), where, own, buffers);
                attend(pass, layer, positions, own);
                model.block(layer).update(operations, h, own.attended(), buffers);
            }
            pass.commit();
        }
        model.ends().logits(operations, h, logits.slice(0, rows), buffers);
        var numbers = Arrays.copyOf(logits.slice(0, rows).host(), rows * config.vocabulary());
        for (int row = 0; row < rows; row++) {
            Logits.requireFinite(numbers, row * config.vocabulary(), config.vocabulary(), tokens[row], positions[row]);
        }
        return numbers;
    }

    private static void attend(DecodeAttention.Pass pass, int layer, int[] positions, AttentionRows rows) {
        var projections = new DecodeRows(
                positions,
                rows.queries().host(),
                rows.keys().host(),
                rows.values().host(),
                rows.rawQueries().host());
        float[] attended = rows.attended().host();
        pass.attend(layer, projections, attended);
        rows.attended().fromHost(attended);
    }

    /** A later layer's queries, as the present hidden state lets one guess them. */
    private void guess(int layer, Rows h, int length, Indices where) {
        model.block(layer)
                .guessQueries(
                        operations, h, model.ropes().at(layer, length), where, guessed.slice(0, h.rows()), buffers);
    }
}
