package io.arkvale.llama;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.llama.attention.DenseAttention;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.forward.Block;
import io.arkvale.llama.forward.CpuOperations;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DenseOperations;
import io.arkvale.llama.forward.Ends;
import io.arkvale.llama.rope.ModelRopes;
import io.arkvale.llama.rope.Rope;
import io.arkvale.llama.rope.RopeScaling;
import io.arkvale.llama.weights.ModelWeights;
import io.arkvale.llama.weights.RandomWeights;
import io.arkvale.llama.weights.WeightLoader;
import io.arkvale.llama.weights.WeightStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of the Llama kin: its parameters and how to run them. What its tokens attend to is up to the attention
 * that each pass is given.
 *
 * <p>Immutable and shared by all threads; {@link #prefill} and {@link #decoder} make the passes' own buffers. Weights that
 * are used in place stay mapped until {@link #close}, after which no pass may run; without it, until the process ends.
 */
public final class Llama implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(Llama.class.getName());

    private final LlamaConfig config;
    private final ModelWeights weights;
    private final DenseKernels kernels;
    private final WorkerPool pool;
    private final ModelRopes ropes;
    private final Ends ends;
    private final List<Block> blocks;

    /** Where the weights are and passes compute; null for the CPU. */
    private final @Nullable DenseDevice device;

    Llama(LlamaConfig config, ModelWeights weights, DenseKernels kernels, WorkerPool pool) {
        this(config, weights, kernels, pool, null);
    }

    private Llama(
            LlamaConfig config,
            ModelWeights weights,
            DenseKernels kernels,
            WorkerPool pool,
            @Nullable DenseDevice device) {
        this.device = device;
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.pool = pool;
        ropes = new ModelRopes(kernels.rows(), config.ropes());
        ends = new Ends(config, weights);
        blocks = weights.blocks().stream()
                .map(parameters -> new Block(config, parameters))
                .toList();
    }

    /**
     * Begins in the background what loading would else wait for: compiling the passes' code for this machine. For programs
     * that have something else to do before they load their model.
     */
    public static void prepare(DenseKernels kernels) {
        WarmUp.begin(kernels);
    }

    /**
     * Loads a HuggingFace directory: {@code config.json} and safetensors files. Small models are widened to float32,
     * others are used where they lie.
     *
     * @param pool shares the passes' work; stays its owner's
     * @throws ModelFormatException if a file is missing or wrong, or the model is of a kind that is not supported
     */
    public static Llama load(Path directory, DenseKernels kernels, WorkerPool pool) {
        return load(directory, kernels, pool, WeightStorage.AUTOMATIC);
    }

    /** The same with a choice of how weights are kept. */
    public static Llama load(Path directory, DenseKernels kernels, WorkerPool pool, WeightStorage storage) {
        WarmUp.begin(kernels);
        var config = LlamaConfig.read(directory);
        var weights = WeightLoader.load(directory, config, kernels, pool, storage);
        WarmUp.await(kernels);
        var model = new Llama(config, weights, kernels, pool);
        model.warnings().forEach(warning -> LOGGER.log(System.Logger.Level.WARNING, warning));
        return model;
    }

    /**
     * The same for a device other than the CPU: weights are copied there, and passes compute there.
     *
     * @param device stays its owner's, and is closed after the model
     */
    public static Llama load(Path directory, DenseKernels kernels, WorkerPool pool, DenseDevice device) {
        var config = LlamaConfig.read(directory);
        var place = device.weights();
        var weights = WeightLoader.load(directory, config, kernels, pool, place, place::close);
        var model = new Llama(config, weights, kernels, pool, device);
        model.warnings().forEach(warning -> LOGGER.log(System.Logger.Level.WARNING, warning));
        return model;
    }

    /**
     * A model of random weights on a device, for timing.
     *
     * @param config of a plain Llama, without biases and head norms
     * @param device stays its owner's, and is closed after the model
     */
    public static Llama random(
            LlamaConfig config, long seed, DenseKernels kernels, WorkerPool pool, DenseDevice device) {
        var place = device.weights();
        try {
            var weights = RandomWeights.of(config, seed, kernels.rows(), place);
            return new Llama(config, weights, kernels, pool, device);
        } catch (Throwable failure) {
            place.close();
            throw failure;
        }
    }

    /** What in the model's files contradicts itself, and how it was resolved; logged when it was loaded. */
    public List<String> warnings() {
        return Stream.concat(config.warnings().stream(), weights.warnings().stream())
                .toList();
    }

    public LlamaConfig config() {
        return config;
    }

    /**
     * The one rotation of the queries and keys of all layers. Some models have several, for some layers or for long
     * sequences; then this one throws when it is used.
     */
    public Rope rope() {
        return ropes.common();
    }

    /** The rotations by layer and length. */
    public ModelRopes ropes() {
        return ropes;
    }

    /** The kernels that the passes run on. */
    public DenseKernels kernels() {
        return kernels;
    }

    /** The threads that the passes run on. */
    public WorkerPool pool() {
        return pool;
    }

    /** The device other than the CPU where it computes, if there is one. */
    public Optional<DenseDevice> device() {
        return Optional.ofNullable(device);
    }

    DenseOperations operationsForFewRows() {
        return device == null ? CpuOperations.forFewRows(kernels, pool) : device.operations();
    }

    DenseOperations operationsForManyRows() {
        return device == null ? CpuOperations.forManyRows(kernels, pool) : device.operations();
    }

    ModelWeights weights() {
        return weights;
    }

    Ends ends() {
        return ends;
    }

    Block block(int layer) {
        return blocks.get(layer);
    }

    /** An empty store in float32 for {@link #dense}. */
    public KeyValueStore newStore() {
        return newStore(StorageFormat.F32);
    }

    /** An empty store for {@link #dense}, whose keys and values are rounded to a format. */
    public KeyValueStore newStore(StorageFormat format) {
        return new KeyValueStore(config, kernels, format);
    }

    /** Full attention on this model's threads, one store per sequence. */
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

    /**
     * Refuses tokens that the model does not know, positions beyond what it declares, and what would be computed wrongly.
     *
     * @param start tokens of the sequence before the pass
     * @param end tokens after it
     */
    void check(int[] tokens, int start, int end) {
        for (int token : tokens) {
            if (token < 0 || token >= config.vocabulary()) {
                throw new IllegalArgumentException(
                        "token " + token + " is not in the vocabulary of " + config.vocabulary());
            }
        }
        if (end > config.maxPositions()) {
            throw new IllegalArgumentException("the sequence reaches position " + (end - 1)
                    + ", but the model's max_position_embeddings is " + config.maxPositions() + dynamicHint());
        }
        if (end > config.window()) {
            throw new IllegalArgumentException("the sequence reaches position " + (end - 1)
                    + ", but layers of this model attend to the last " + config.window()
                    + " tokens only, and windows are not supported");
        }
        if (start > 0 && start <= ropes.crossing() && end > ropes.crossing()) {
            throw new IllegalArgumentException("the sequence grows from " + start + " to " + end
                    + " tokens, but beyond " + ropes.crossing()
                    + " this model turns its heads differently, those of the first tokens too; begin it anew with all of"
                    + " its tokens in one prefill");
        }
    }

    private String dynamicHint() {
        boolean dynamic = config.ropes().stream().anyMatch(rope -> rope.scaling() instanceof RopeScaling.Dynamic);
        return dynamic ? " (dynamic RoPE scaling beyond it is not supported)" : "";
    }

    /** Releases weights outside the heap; closing again does nothing. */
    @Override
    public void close() {
        weights.memory().close();
    }
}
