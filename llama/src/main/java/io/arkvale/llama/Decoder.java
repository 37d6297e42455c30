package io.arkvale.llama;

import io.arkvale.kernels.PackedMatrix;
import java.util.Arrays;
import java.util.List;

/**
 * The forward pass over one new token of each of several sequences. Products are shared by panels of the weights, which
 * are read once for all rows; a row's results have the same bits in any company and for any number of threads.
 */
public final class Decoder {

    private final Llama model;
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final int maxRows;

    private final float[] hidden; // [rows, hidden]
    private final float[] normed; // [rows, hidden]
    private final float[] update; // [rows, hidden]
    private final float[] queries; // [rows, queryHeads · headDim]
    private final float[] rawQueries; // [rows, queryHeads · headDim]
    private final float[] keys; // [rows, kvHeads · headDim]
    private final float[] values; // [rows, kvHeads · headDim]
    private final float[] attended; // [rows, queryHeads · headDim]
    private final float[] gate; // [rows, intermediate]
    private final float[] up; // [rows, intermediate]
    private final float[] guessed; // [rows, queryHeads · headDim]

    Decoder(Llama model, int maxRows) {
        this.model = model;
        this.maxRows = maxRows;
        config = model.config();
        weights = model.weights();
        hidden = new float[Math.multiplyExact(maxRows, config.hiddenSize())];
        normed = new float[hidden.length];
        update = new float[hidden.length];
        queries = new float[Math.multiplyExact(maxRows, config.queryWidth())];
        rawQueries = new float[queries.length];
        guessed = new float[queries.length];
        attended = new float[queries.length];
        keys = new float[Math.multiplyExact(maxRows, config.kvWidth())];
        values = new float[keys.length];
        gate = new float[Math.multiplyExact(maxRows, config.intermediateSize())];
        up = new float[gate.length];
    }

    /** Reads one token at {@code position} of a single sequence and returns its logits, {@code [vocabulary]}. */
    public float[] run(int token, int position, DecodeAttention attention) {
        return run(new int[] {token}, new int[] {position}, attention);
    }

    /**
     * Reads a token of each sequence.
     *
     * @param tokens one a sequence
     * @param positions where each stands
     * @return the logits, {@code [rows, vocabulary]}
     */
    public float[] run(int[] tokens, int[] positions, DecodeAttention attention) {
        int rows = tokens.length;
        if (rows < 1 || rows > maxRows || positions.length != rows) {
            throw new IllegalArgumentException(rows + " tokens at " + positions.length
                    + " positions; both must be the same number from 1 to " + maxRows);
        }
        model.check(tokens, Arrays.stream(positions).max().orElseThrow());
        for (int row = 0; row < rows; row++) {
            weights.embedding().getRow(tokens[row], hidden, row * config.hiddenSize());
        }
        var projections = new DecodeRows(positions, queries, keys, values, rawQueries);
        try (var pass = attention.decode(positions)) {
            int ahead = pass.prefetchDistance();
            for (int layer = 0; layer < config.layers(); layer++) {
                if (ahead > 0 && layer + ahead < config.layers()) {
                    guess(layer + ahead, positions);
                    pass.prefetch(layer + ahead, guessed);
                }
                project(weights.layers().get(layer), positions);
                pass.attend(layer, projections, attended);
                update(weights.layers().get(layer), rows);
            }
            pass.commit();
        }
        weights.finalNorm().apply(hidden, 0, rows, normed);
        var logits = new float[Math.multiplyExact(rows, config.vocabulary())];
        multiply(rows, normed, List.of(weights.head()), List.of(logits));
        return logits;
    }

    /** {@code q, k, v = RoPE(Wq · n), RoPE(Wk · n), Wv · n} with {@code n = norm(hidden)}. */
    private void project(LlamaWeights.Layer layer, int[] positions) {
        int rows = positions.length;
        layer.attentionNorm().apply(hidden, 0, rows, normed);
        multiply(rows, normed, List.of(layer.query(), layer.key(), layer.value()), List.of(queries, keys, values));
        System.arraycopy(queries, 0, rawQueries, 0, rows * config.queryWidth());
        for (int row = 0; row < rows; row++) {
            model.rope().rotate(queries, row * config.queryWidth(), config.queryHeads(), positions[row]);
            model.rope().rotate(keys, row * config.kvWidth(), config.kvHeads(), positions[row]);
        }
    }

    /** A later layer's queries, as the present hidden state lets one guess them. */
    private void guess(int layer, int[] positions) {
        var parameters = weights.layers().get(layer);
        parameters.attentionNorm().apply(hidden, 0, positions.length, normed);
        multiply(positions.length, normed, List.of(parameters.query()), List.of(guessed));
        for (int row = 0; row < positions.length; row++) {
            model.rope().rotate(guessed, row * config.queryWidth(), config.queryHeads(), positions[row]);
        }
    }

    /** {@code hidden += Wo · attended}, then {@code hidden += Wd · (silu(Wg · n) · (Wu · n))} with {@code n = norm(hidden)}. */
    private void update(LlamaWeights.Layer layer, int rows) {
        var rowKernels = model.kernels().rows();
        multiply(rows, attended, List.of(layer.output()), List.of(update));
        rowKernels.add(hidden, 0, update, 0, rows * config.hiddenSize());
        layer.feedForwardNorm().apply(hidden, 0, rows, normed);
        multiply(rows, normed, List.of(layer.gate(), layer.up()), List.of(gate, up));
        int intermediate = config.intermediateSize();
        for (int row = 0; row < rows * intermediate; row += intermediate) {
            rowKernels.siluMultiply(gate, row, up, row, gate, row, intermediate);
        }
        multiply(rows, gate, List.of(layer.down()), List.of(update));
        rowKernels.add(hidden, 0, update, 0, rows * config.hiddenSize());
    }

    /** Products of the same rows with one or more matrices, all their panels shared by the threads as one loop. */
    private void multiply(int rows, float[] input, List<PackedMatrix> matrices, List<float[]> outputs) {
        int panels = 0;
        for (var matrix : matrices) {
            panels += matrix.panels();
        }
        model.pool().forEach(panels, (item, worker) -> {
            int panel = item;
            int which = 0;
            while (panel >= matrices.get(which).panels()) {
                panel -= matrices.get(which++).panels();
            }
            var matrix = matrices.get(which);
            matrix.multiply(panel, panel + 1, rows, input, 0, matrix.inputs(), outputs.get(which), 0, matrix.outputs());
        });
    }
}
