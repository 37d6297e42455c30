package io.arkvale.llama;

import java.util.Arrays;

/**
 * The forward pass over many tokens of one sequence, layer by layer; within a layer the tokens go in chunks, so that
 * projections are held for a chunk only. A token's results have the same bits however the tokens are cut into passes
 * and chunks, and for any number of threads.
 */
public final class Prefill {

    /** Tokens whose projections are held at once. */
    private static final int CHUNK = 4096;

    /** Tokens of one work item: what one thread takes through norms and products in its own scratch memory. */
    private static final int BLOCK = 96;

    private final Llama model;
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final Scratch[] scratch;

    /** The chunk's projections, {@code [CHUNK, heads · headDim]} each, made for the longest chunk so far. */
    private float[] queries = {};

    private float[] keys = {};
    private float[] values = {};
    private float[] attended = {};

    Prefill(Llama model) {
        this.model = model;
        config = model.config();
        weights = model.weights();
        scratch = new Scratch[model.pool().workers()];
        Arrays.setAll(scratch, worker -> new Scratch(config));
    }

    /** One worker's rows of a block. */
    private static final class Scratch {
        /** {@code [BLOCK, hidden]}. */
        final float[] normed;
        /** {@code [BLOCK, hidden]}. */
        final float[] update;
        /** {@code [BLOCK, intermediate]}. */
        final float[] gate;
        /** {@code [BLOCK, intermediate]}. */
        final float[] up;

        Scratch(LlamaConfig config) {
            normed = new float[Math.multiplyExact(BLOCK, config.hiddenSize())];
            update = new float[normed.length];
            gate = new float[Math.multiplyExact(BLOCK, config.intermediateSize())];
            up = new float[gate.length];
        }
    }

    /** Reads {@code tokens} from position {@code start} on and returns the logits of the last, {@code [vocabulary]}. */
    public float[] run(int[] tokens, int start, PrefillAttention attention) {
        int last = tokens.length - 1;
        float[] hidden = forward(tokens, start, attention, last);
        var logits = new float[config.vocabulary()];
        logits(hidden, last, 1, logits, scratch[0]);
        return logits;
    }

    /** The same, handing out the logits of every position. */
    public void run(int[] tokens, int start, PrefillAttention attention, LogitsConsumer consumer) {
        float[] hidden = forward(tokens, start, attention, 0);
        int workers = model.pool().workers();
        int vocabulary = config.vocabulary();
        var blocks = new float[workers][Math.multiplyExact(BLOCK, vocabulary)];
        for (int from = 0; from < tokens.length; from += workers * BLOCK) {
            int first = from;
            int rows = Math.min(workers * BLOCK, tokens.length - from);
            model.pool().forEach(Math.ceilDiv(rows, BLOCK), (item, worker) -> {
                int blockRows = Math.min(BLOCK, rows - item * BLOCK);
                logits(hidden, first + item * BLOCK, blockRows, blocks[item], scratch[worker]);
            });
            for (int row = 0; row < rows; row++) {
                consumer.accept(start + from + row, blocks[row / BLOCK], row % BLOCK * vocabulary);
            }
        }
    }

    /**
     * Runs all layers and returns the hidden states {@code [tokens, hidden]} before the final norm, which hold for the
     * tokens from {@code firstNeeded} on: to those before it the last layer's output would mean nothing to anybody.
     */
    private float[] forward(int[] tokens, int start, PrefillAttention attention, int firstNeeded) {
        model.check(tokens, start + tokens.length - 1);
        growBuffers(Math.min(CHUNK, tokens.length));
        float[] hidden = embed(tokens);
        try (var pass = attention.prefill(start, tokens.length)) {
            int last = config.layers() - 1;
            for (int layer = 0; layer <= last; layer++) {
                int needed = layer < last ? 0 : firstNeeded;
                int from = 0;
                int rows = 0;
                while (from + rows < tokens.length) {
                    from += rows;
                    rows = Math.min(CHUNK, (from < needed ? needed : tokens.length) - from);
                    project(layer, hidden, from, rows, start);
                    if (from < needed) {
                        pass.store(layer, start + from, rows, queries, keys, values);
                    } else {
                        pass.attend(layer, start + from, rows, queries, keys, values, attended);
                        update(layer, hidden, from, rows);
                    }
                }
                pass.finishLayer(layer, lastQueries(rows - 1));
            }
            pass.commit();
        }
        return hidden;
    }

    private void growBuffers(int rows) {
        if (queries.length < rows * config.queryWidth()) {
            queries = new float[Math.multiplyExact(rows, config.queryWidth())];
            keys = new float[Math.multiplyExact(rows, config.kvWidth())];
            values = new float[keys.length];
            attended = new float[queries.length];
        }
    }

    private float[] embed(int[] tokens) {
        int width = config.hiddenSize();
        var hidden = new float[Math.multiplyExact(tokens.length, width)]; // [tokens, hidden]
        forEachBlock(tokens.length, (first, rows, own) -> {
            for (int i = first; i < first + rows; i++) {
                weights.embedding().getRow(tokens[i], hidden, i * width);
            }
        });
        return hidden;
    }

    /** {@code q, k, v = RoPE(Wq · n), RoPE(Wk · n), Wv · n} with {@code n = norm(hidden)}, for one chunk. */
    private void project(int layer, float[] hidden, int from, int chunk, int start) {
        var parameters = weights.layers().get(layer);
        int width = config.hiddenSize();
        int queryWidth = config.queryWidth();
        int kvWidth = config.kvWidth();
        forEachBlock(chunk, (first, rows, own) -> {
            parameters.attentionNorm().apply(hidden, from + first, rows, own.normed); // [rows, hidden]
            parameters.query().multiply(rows, own.normed, 0, width, queries, first * queryWidth, queryWidth);
            parameters.key().multiply(rows, own.normed, 0, width, keys, first * kvWidth, kvWidth);
            parameters.value().multiply(rows, own.normed, 0, width, values, first * kvWidth, kvWidth);
            for (int row = first; row < first + rows; row++) {
                int position = start + from + row;
                model.rope().rotate(queries, row * queryWidth, config.queryHeads(), position);
                model.rope().rotate(keys, row * kvWidth, config.kvHeads(), position);
            }
        });
    }

    /** {@code hidden += Wo · attended}, then {@code hidden += Wd · (silu(Wg · n) · (Wu · n))} with {@code n = norm(hidden)}. */
    private void update(int layer, float[] hidden, int from, int chunk) {
        var parameters = weights.layers().get(layer);
        var rowKernels = model.kernels().rows();
        int width = config.hiddenSize();
        int queryWidth = config.queryWidth();
        int intermediate = config.intermediateSize();
        forEachBlock(chunk, (first, rows, own) -> {
            int at = (from + first) * width;
            parameters.output().multiply(rows, attended, first * queryWidth, queryWidth, own.update, 0, width);
            rowKernels.add(hidden, at, own.update, 0, rows * width);
            parameters.feedForwardNorm().apply(hidden, from + first, rows, own.normed); // [rows, hidden]
            parameters.gate().multiply(rows, own.normed, 0, width, own.gate, 0, intermediate); // [rows, intermediate]
            parameters.up().multiply(rows, own.normed, 0, width, own.up, 0, intermediate); // [rows, intermediate]
            for (int row = 0; row < rows * intermediate; row += intermediate) {
                rowKernels.siluMultiply(own.gate, row, own.up, row, own.gate, row, intermediate);
            }
            parameters.down().multiply(rows, own.gate, 0, intermediate, own.update, 0, width); // [rows, hidden]
            rowKernels.add(hidden, at, own.update, 0, rows * width);
        });
    }

    private float[] lastQueries(int row) {
        int width = config.queryWidth();
        return Arrays.copyOfRange(queries, row * width, (row + 1) * width);
    }

    /** {@code Wh · norm(hidden)} for a few rows. */
    private void logits(float[] hidden, int first, int rows, float[] logits, Scratch own) {
        weights.finalNorm().apply(hidden, first, rows, own.normed); // [rows, hidden]
        weights.head().multiply(rows, own.normed, 0, config.hiddenSize(), logits, 0, config.vocabulary());
    }

    @FunctionalInterface
    private interface BlockTask {
        void run(int first, int rows, Scratch own);
    }

    private void forEachBlock(int tokens, BlockTask task) {
        model.pool().forEach(Math.ceilDiv(tokens, BLOCK), (item, worker) -> {
            int first = item * BLOCK;
            task.run(first, Math.min(BLOCK, tokens - first), scratch[worker]);
        });
    }
}
