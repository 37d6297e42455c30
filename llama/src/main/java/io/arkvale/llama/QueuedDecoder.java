package io.arkvale.llama;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.Buffers;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
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
    private final Buffers buffers;
    private final SharedRows shared;

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
        operations = SharedRows.operations(model, cache);
        try {
            next = new int[rows];
            tokens = operations.indices(next);
            positions = operations.indices(next);
            hidden = operations.allocate(rows, config.hiddenSize());
            logits = operations.allocateLogits(rows, config.vocabulary());
            buffers = Buffers.of(operations, config, rows);
            shared = SharedRows.of(operations, cache, config, rows);
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
            pass(length, layer -> {
                if (changed != null) {
                    changed.change(operations, layer, shared.rows().queries());
                }
                step.decode(layer, shared.queries(), shared.keys(), shared.values(), shared.output());
            });
            operations.argMax(logits, tokens);
            operations.advance(positions);
            var report = step.commitAsync();
            for (int row = 0; row < rows; row++) {
                next[row]++;
            }
            return report;
        }
    }

    /** Queues what a step computes beside attention, and leaves sequences and tokens as they are: to be timed. */
    public void withoutAttention() {
        pass(Arrays.stream(next).max().orElseThrow() + 1, layer -> {});
    }

    /** Returns when everything queued is done. */
    public void await() {
        operations.await();
    }

    private void pass(int length, IntConsumer attention) {
        model.ends().embed(operations, tokens, hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            var block = model.block(layer);
            block.project(operations, hidden, model.ropes().at(layer, length), positions, shared.rows(), buffers);
            attention.accept(layer);
            block.update(operations, hidden, shared.rows().attended(), buffers);
        }
        model.ends().logits(operations, hidden, logits, buffers);
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
        shared.close();
        operations.close();
    }
}
