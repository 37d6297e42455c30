package io.arkvale.llama;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tensor;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.AttentionRows;
import io.arkvale.llama.forward.Buffers;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Greedy decode of several sequences with everything on one device: the model's products, the cache and the choice of tokens
 * follow each other in the cache's queue, and the host only queues. Steps may be queued while earlier ones are under way.
 *
 * <p>Queries, keys, values and outputs are tensors of the cache over the rows that products write and read: nothing is
 * copied. One thread uses it at a time; it is closed before its cache.
 */
public final class QueuedDecoder implements AutoCloseable {

    private final Llama model;
    private final LlamaConfig config;
    private final KvCache cache;
    private final DeviceOperations operations;
    private final int rows;
    private final Indices tokens;
    private final Indices positions;
    private final Rows hidden; // [rows, hidden]
    private final Rows logits; // [rows, vocabulary]
    private final AttentionRows attention;
    private final Buffers buffers;
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;

    /** Where each row's next token stands, as the host counts. */
    private int[] next;

    /** Stands between a layer's projections and its attention. */
    @FunctionalInterface
    public interface Queries {
        /**
         * Queues changes of a layer's queries.
         *
         * @param queries {@code [rows, queryHeads · headDim]}, rotated
         */
        void change(DeviceOperations operations, int layer, Rows queries);
    }

    /**
     * Decodes {@code rows} sequences of a cache.
     *
     * @param model computes on a device with which the cache shares its memory and queue
     * @param cache of the model's shape and the device's element type
     * @throws IllegalArgumentException if the model computes on the CPU, or the cache is for another type
     */
    public QueuedDecoder(Llama model, KvCache cache, int rows) {
        this.model = model;
        this.cache = cache;
        this.rows = rows;
        config = model.config();
        var device = model.device()
                .orElseThrow(() -> new IllegalArgumentException("the model computes on the CPU; load it on a device"));
        if (cache.spec().elementType() != device.elementType()) {
            throw new IllegalArgumentException("the cache is for "
                    + cache.spec().elementType() + "; allowed: the device's " + device.elementType());
        }
        operations = device.operations(cache.queue().handle());
        try {
            next = new int[rows];
            tokens = operations.indices(next);
            positions = operations.indices(next);
            hidden = operations.allocate(rows, config.hiddenSize());
            logits = operations.allocateLogits(rows, config.vocabulary());
            attention = AttentionRows.of(operations, config, rows, false);
            buffers = Buffers.of(operations, config, rows);
            queries = operations.tensor(cache, attention.queries(), config.queryHeads());
            keys = operations.tensor(cache, attention.keys(), config.kvHeads());
            values = operations.tensor(cache, attention.values(), config.kvHeads());
            output = operations.tensor(cache, attention.attended(), config.queryHeads());
        } catch (Throwable failure) {
            operations.close();
            throw failure;
        }
    }

    /**
     * Says which tokens the sequences read next.
     *
     * @param nextTokens one per row
     * @param nextPositions where each stands: its sequence's length
     */
    public void begin(int[] nextTokens, int[] nextPositions) {
        if (nextTokens.length != rows || nextPositions.length != rows) {
            throw new IllegalArgumentException(
                    nextTokens.length + " tokens at " + nextPositions.length + " positions; allowed: " + rows);
        }
        for (int row = 0; row < rows; row++) {
            model.check(new int[] {nextTokens[row]}, nextPositions[row], nextPositions[row] + 1);
        }
        operations.write(nextTokens, tokens);
        operations.write(nextPositions, positions);
        next = nextPositions.clone();
    }

    /** Queues one step: every sequence reads its token, and the likeliest one after it is its next. */
    public PendingReport step(List<? extends Sequence> sequences) {
        return step(sequences, null);
    }

    /**
     * The same with queries that the caller changes.
     *
     * @param sequences one per row
     */
    public PendingReport step(List<? extends Sequence> sequences, @Nullable Queries changed) {
        for (int position : next) {
            model.check(new int[0], position, position + 1);
        }
        int length = Arrays.stream(next).max().orElseThrow() + 1;
        try (var step = cache.step(Batch.decode(List.copyOf(sequences)))) {
            model.ends().embed(operations, tokens, hidden);
            for (int layer = 0; layer < config.layers(); layer++) {
                var block = model.block(layer);
                block.project(operations, hidden, model.ropes().at(layer, length), positions, attention, buffers);
                if (changed != null) {
                    changed.change(operations, layer, attention.queries());
                }
                step.decode(layer, queries, keys, values, output);
                block.update(operations, hidden, attention.attended(), buffers);
            }
            model.ends().logits(operations, hidden, logits, buffers);
            operations.argMax(logits, tokens);
            operations.advance(positions);
            var report = step.commitAsync();
            for (int row = 0; row < rows; row++) {
                next[row]++;
            }
            return report;
        }
    }

    /** The tokens that the sequences read next, after all steps so far; waits for them. */
    public int[] tokens() {
        return operations.read(tokens);
    }

    /** The logits of the last step, {@code [rows, vocabulary]}; waits for it. */
    public float[] logits() {
        return logits.host();
    }

    /** Frees its memory on the device. */
    @Override
    public void close() {
        operations.await();
        for (var tensor : List.of(queries, keys, values, output)) {
            tensor.close();
        }
        operations.close();
    }
}
