package io.arkvale.llama;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.WorkerPool;
import java.nio.file.Path;
import java.util.List;

/**
 * A decoder of the Llama family: its parameters and how to run them. What its tokens attend to is up to the attention
 * that each pass is given.
 *
 * <p>Immutable and shared by all threads; {@link #prefill} and {@link #decoder} make the passes' own buffers.
 */
public final class Llama {

    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final DenseKernels kernels;
    private final WorkerPool pool;
    private final Rope rope;

    Llama(LlamaConfig config, LlamaWeights weights, DenseKernels kernels, WorkerPool pool) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.pool = pool;
        rope = new Rope(kernels.rows(), config);
    }

    /**
     * Loads a HuggingFace directory: {@code config.json} and {@code model.safetensors}.
     *
     * @param pool shares the passes' work; stays its owner's
     * @throws ModelFormatException if a file is missing or wrong, or the model is of a kind that is not supported
     */
    public static Llama load(Path directory, DenseKernels kernels, WorkerPool pool) {
        var warmUp = WarmUp.start(kernels);
        var config = LlamaConfig.read(directory);
        var weights = WeightLoader.load(directory, config, kernels, pool);
        warmUp.join();
        return new Llama(config, weights, kernels, pool);
    }

    public LlamaConfig config() {
        return config;
    }

    /** The rotation that queries and keys are given. */
    public Rope rope() {
        return rope;
    }

    /** The kernels that the passes run on. */
    public DenseKernels kernels() {
        return kernels;
    }

    /** The threads that the passes run on. */
    public WorkerPool pool() {
        return pool;
    }

    LlamaWeights weights() {
        return weights;
    }

    /** An empty store for {@link #dense}. */
    public KeyValueStore newStore() {
        return new KeyValueStore(config, kernels);
    }

    /** Full attention on this model's threads, a store a sequence. */
    public DenseAttention dense(KeyValueStore... stores) {
        return new DenseAttention(config, kernels, pool, List.of(stores));
    }

    /** Passes over many tokens of a sequence; its buffers serve one pass at a time. */
    public Prefill prefill() {
        return new Prefill(this);
    }

    /** Passes over one token of each of up to {@code maxRows} sequences; its buffers serve one pass at a time. */
    public Decoder decoder(int maxRows) {
        return new Decoder(this, maxRows);
    }

    /** Refuses tokens that the model does not know and positions beyond what it declares. */
    void check(int[] tokens, int lastPosition) {
        for (int token : tokens) {
            if (token < 0 || token >= config.vocabulary()) {
                throw new IllegalArgumentException(
                        "token " + token + " is not in the vocabulary of " + config.vocabulary());
            }
        }
        if (lastPosition >= config.maxPositions()) {
            throw new IllegalArgumentException("the sequence reaches position " + lastPosition
                    + ", but the model's max_position_embeddings is " + config.maxPositions());
        }
    }
}
