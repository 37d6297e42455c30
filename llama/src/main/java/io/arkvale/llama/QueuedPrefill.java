package io.arkvale.llama;

import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.PendingReport;
import io.arkvale.api.Sequence;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.Buffers;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads prompts with everything on one device, layer by layer and within a layer in chunks: the model's products and the
 * cache's attention follow each other in the cache's queue, and the host only queues.
 *
 * <p>One thread uses it at a time; it is closed before its cache.
 */
public final class QueuedPrefill implements AutoCloseable {

    private final Llama model;
    private final LlamaConfig config;
    private final KvCache cache;
    private final DeviceOperations operations;
    private final int chunk;
    private final SharedRows shared;
    private final Buffers buffers;
    private final Rows lastQueries; // [1, queryHeads · headDim]
    private final Tensor lastTensor;
    private final Rows logits; // [1, vocabulary]
    private final Indices token;

    /**
     * Reads prompts into sequences of a cache.
     *
     * @param model computes on a device with which the cache shares its memory and queue
     * @param cache of the model's shape and the device's element type
     * @param chunk tokens whose projections are held at once, at least 1
     * @throws IllegalArgumentException if the model computes on the CPU, or the cache is for another type
     */
    public QueuedPrefill(Llama model, KvCache cache, int chunk) {
        if (chunk < 1) {
            throw new IllegalArgumentException("chunk is " + chunk + "; allowed: at least 1 token");
        }
        this.model = model;
        this.cache = cache;
        this.chunk = chunk;
        config = model.config();
        operations = SharedRows.operations(model, cache);
        try {
            shared = SharedRows.of(operations, cache, config, chunk);
            buffers = Buffers.of(operations, config, chunk);
            lastQueries = operations.allocate(1, config.queryWidth());
            lastTensor = operations.tensor(cache, lastQueries, config.queryHeads());
            logits = operations.allocateLogits(1, config.vocabulary());
            token = operations.indices(0);
        } catch (Throwable failure) {
            operations.close();
            throw failure;
        }
    }

    /**
     * Queues the reading of tokens behind those that the sequence has.
     *
     * @param start tokens that it has
     */
    public PendingReport run(Sequence sequence, int start, int... tokens) {
        model.check(tokens, start, start + tokens.length);
        try (var step = cache.step(Batch.of(sequence, tokens.length))) {
            pass(step, start, tokens);
            return step.commitAsync();
        }
    }

    /** Queues what a prefill computes beside attention, and leaves sequences as they are: to be timed. */
    public void withoutAttention(int start, int... tokens) {
        model.check(tokens, start, start + tokens.length);
        pass(null, start, tokens);
    }

    private void pass(@Nullable Step step, int start, int[] tokens) {
        int end = start + tokens.length;
        try (var hidden = operations.allocate(tokens.length, config.hiddenSize());
                var ids = operations.indices(tokens);
                var positions = operations.indices(IntStream.range(start, end).toArray())) {
            model.ends().embed(operations, ids, hidden);
            for (int layer = 0; layer < config.layers(); layer++) {
                runLayer(layer, step, hidden, positions, end);
            }
            model.ends().logits(operations, hidden.slice(tokens.length - 1, 1), logits, buffers);
            operations.argMax(logits, token);
        }
    }

    private void runLayer(int layer, @Nullable Step step, Rows hidden, Indices positions, int end) {
        var rope = model.ropes().at(layer, end);
        var block = model.block(layer);
        int count = 0;
        for (int from = 0; from < hidden.rows(); from += count) {
            count = Math.min(chunk, hidden.rows() - from);
            var h = hidden.slice(from, count);
            var own = shared.rows().slice(0, count);
            block.project(operations, h, rope, positions.slice(from, count), own, buffers);
            if (step != null) {
                step.prefill(
                        layer, new int[] {count}, shared.queries(), shared.keys(), shared.values(), shared.output());
            }
            // Nobody reads the last layer's output of any token but the last.
            if (layer < config.layers() - 1 || from + count == hidden.rows()) {
                block.update(operations, h, own.attended(), buffers);
            }
        }
        operations.copy(shared.rows().queries().slice(count - 1, 1), lastQueries);
        if (step != null) {
            step.finishPrefill(layer, lastTensor);
        }
    }

    /** The likeliest token after the last prompt; waits for it. */
    public int likeliest() {
        return operations.read(token)[0];
    }

    /** The logits after the last prompt, {@code [vocabulary]}; waits for them. */
    public float[] logits() {
        return logits.host();
    }

    /** Frees its memory on the device. */
    @Override
    public void close() {
        operations.await();
        shared.close();
        lastTensor.close();
        operations.close();
    }
}
