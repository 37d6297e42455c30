package io.arkvale.llama;

import io.arkvale.llama.attention.PrefillAttention;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.AttentionRows;
import io.arkvale.llama.forward.Buffers;
import io.arkvale.llama.forward.CpuOperations;
import io.arkvale.llama.forward.DenseOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass over many tokens of one sequence, layer by layer; within a layer the tokens go in chunks, so that
 * projections are held for a chunk only. A token's results have the same bits however the tokens are cut into passes
 * and chunks, and for any number of threads.
 *
 * <p>A model that lies in the processor's caches is cheap to read, so threads share a chunk's rows, block by block, and
 * each keeps what it computes in its own cache. Other models are read once per chunk: threads share the outputs of products.
 */
public final class Prefill {

    /** Tokens whose projections are held at once. */
    private static final int CHUNK = 4096;

    /** The same for models whose feed-forward is held for the whole chunk too. */
    private static final int SHARED_CHUNK = 512;

    /** Tokens that one thread takes from norm to norm, where threads share rows. */
    private static final int BLOCK = 96;

    private final Llama model;
    private final LlamaConfig config;
    private final int chunk;
    private final int block;
    /** One for each block that is computed at once. */
    private final Lane[] lanes;

    private @Nullable AttentionRows projections;

    /** What computes one block of rows, and where. */
    private record Lane(DenseOperations operations, Buffers buffers) {}

    Prefill(Llama model) {
        this.model = model;
        config = model.config();
        boolean shareRows = model.weights().inCaches();
        chunk = shareRows ? CHUNK : SHARED_CHUNK;
        block = shareRows ? BLOCK : SHARED_CHUNK;
        lanes = new Lane[shareRows ? model.pool().workers() : 1];
        Arrays.setAll(lanes, worker -> {
            var operations = shareRows ? CpuOperations.forOneThread(model.kernels()) : model.operationsForManyRows();
            return new Lane(operations, Buffers.of(operations, config, block));
        });
    }

    /**
     * Reads {@code tokens} from position {@code start} on and returns the logits of the last, {@code [vocabulary]}.
     *
     * @throws ArithmeticException if the logits are not finite numbers
     */
    public float[] run(int[] tokens, int start, PrefillAttention attention) {
        int last = tokens.length - 1;
        float[] numbers;
        try (var hidden = lanes[0].operations.allocate(tokens.length, config.hiddenSize());
                var logits = lanes[0].operations.allocateLogits(1, config.vocabulary())) {
            forward(tokens, start, attention, last, hidden);
            model.ends().logits(lanes[0].operations, hidden.slice(last, 1), logits, lanes[0].buffers);
            numbers = logits.host();
        }
        Logits.requireFinite(numbers, 0, numbers.length, tokens[last], start + last);
        return numbers;
    }

    /** The same, handing out the logits of every position. */
    public void run(int[] tokens, int start, PrefillAttention attention, LogitsConsumer consumer) {
        int vocabulary = config.vocabulary();
        int rowsAtOnce = lanes.length * BLOCK;
        try (var hidden = lanes[0].operations.allocate(tokens.length, config.hiddenSize());
                var logits = lanes[0].operations.allocateLogits(Math.min(rowsAtOnce, tokens.length), vocabulary)) {
            forward(tokens, start, attention, 0, hidden);
            for (int from = 0; from < tokens.length; from += rowsAtOnce) {
                int begin = from;
                int rows = Math.min(rowsAtOnce, tokens.length - from);
                forEachBlock(
                        rows,
                        (first, count, lane) -> model.ends()
                                .logits(
                                        lane.operations,
                                        hidden.slice(begin + first, count),
                                        logits.slice(first, count),
                                        lane.buffers));
                float[] numbers = logits.host();
                for (int row = 0; row < rows; row++) {
                    Logits.requireFinite(numbers, row * vocabulary, vocabulary, tokens[from + row], start + from + row);
                    consumer.accept(start + from + row, numbers, row * vocabulary);
                }
            }
        }
    }

    /**
     * Runs all layers. The hidden states {@code [tokens, hidden]} before the final norm hold for the tokens from {@code
     * firstNeeded} on; nobody needs the last layer's output of earlier ones.
     *
     * @param hidden written
     */
    private void forward(int[] tokens, int start, PrefillAttention attention, int firstNeeded, Rows hidden) {
        model.check(tokens, start, start + tokens.length);
        var rows = projections(Math.min(chunk, tokens.length));
        int end = start + tokens.length;
        try (var ids = lanes[0].operations.indices(tokens);
                var positions =
                        lanes[0].operations.indices(IntStream.range(start, end).toArray());
                var pass = attention.prefill(start, tokens.length)) {
            forEachBlock(
                    tokens.length,
                    (first, count, lane) ->
                            model.ends().embed(lane.operations, ids.slice(first, count), hidden.slice(first, count)));
            int last = config.layers() - 1;
            for (int layer = 0; layer <= last; layer++) {
                int needed = layer < last ? 0 : firstNeeded;
                int from = 0;
                int count = 0;
                float[] queries = {};
                while (from + count < tokens.length) {
                    from += count;
                    count = Math.min(chunk, (from < needed ? needed : tokens.length) - from);
                    var h = hidden.slice(from, count);
                    project(layer, h, positions.slice(from, count), end, rows);
                    queries = rows.queries().host();
                    float[] keys = rows.keys().host();
                    float[] values = rows.values().host();
                    if (from < needed) {
                        pass.store(layer, start + from, count, queries, keys, values);
                    } else {
                        float[] attended = rows.attended().host();
                        pass.attend(layer, start + from, count, queries, keys, values, attended);
                        rows.attended().fromHost(attended);
                        update(layer, h, rows);
                    }
                }
                pass.finishLayer(layer, row(queries, count - 1));
            }
            pass.commit();
        }
    }

    /** Room for a chunk, kept from pass to pass. */
    private AttentionRows projections(int rows) {
        var present = projections;
        if (present == null || present.queries().rows() < rows) {
            present = AttentionRows.of(lanes[0].operations, config, rows, false);
            projections = present;
        }
        return present;
    }

    private void project(int layer, Rows h, Indices positions, int end, AttentionRows out) {
        var rope = model.ropes().at(layer, end);
        forEachBlock(
                h.rows(),
                (first, count, lane) -> model.block(layer)
                        .project(
                                lane.operations,
                                h.slice(first, count),
                                rope,
                                positions.slice(first, count),
                                out.slice(first, count),
                                lane.buffers));
    }

    private void update(int layer, Rows h, AttentionRows rows) {
        forEachBlock(
                h.rows(),
                (first, count, lane) -> model.block(layer)
                        .update(
                                lane.operations,
                                h.slice(first, count),
                                rows.attended().slice(first, count),
                                lane.buffers));
    }

    private float[] row(float[] queries, int row) {
        int width = config.queryWidth();
        return Arrays.copyOfRange(queries, row * width, (row + 1) * width);
    }

    @FunctionalInterface
    private interface BlockTask {
        void run(int first, int rows, Lane lane);
    }

    private void forEachBlock(int rows, BlockTask task) {
        int blocks = Math.ceilDiv(rows, block);
        if (lanes.length == 1) {
            for (int item = 0; item < blocks; item++) {
                task.run(item * block, Math.min(block, rows - item * block), lanes[0]);
            }
        } else {
            model.pool()
                    .forEach(
                            blocks,
                            (item, worker) ->
                                    task.run(item * block, Math.min(block, rows - item * block), lanes[worker]));
        }
    }
}
