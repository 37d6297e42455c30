package io.arkvale.llama.weights;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.files.ModelFiles;
import io.arkvale.llama.files.ModelFormatException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a model's directory, by the names that transformers gives them. Each tensor's shape and type is
 * checked against the configuration, and a tensor that nothing reads is an error: what it holds would be missing from the
 * computation.
 */
public final class WeightLoader {

    private static final String PREFIX = "model.";
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";

    private final ModelFiles files;
    private final LlamaConfig config;
    private final DenseKernels kernels;
    private final TensorReader reader;
    private final List<String> warnings = new ArrayList<>();

    private WeightLoader(ModelFiles files, LlamaConfig config, DenseKernels kernels, TensorReader reader) {
        this.files = files;
        this.config = config;
        this.kernels = kernels;
        this.reader = reader;
    }

    /**
     * Reads all weights.
     *
     * @return the weights; what they lie in is the caller's to close
     * @throws ModelFormatException if a tensor is missing, wrong, of no use or not finite
     */
    @SuppressWarnings("MustBeClosed") // Closed with the weights that are returned, or here on an error.
    public static ModelWeights load(
            Path directory, LlamaConfig config, DenseKernels kernels, WorkerPool pool, WeightStorage storage) {
        var files = ModelFiles.open(directory);
        var arena = Arena.ofShared();
        try {
            var decided = storage.forModelOf(config.parameters());
            // A small model is read before loops of the Vector API are compiled.
            var codecs = decided == WeightStorage.WIDENED ? DenseKernels.scalar() : kernels;
            var reader = new TensorReader(files, codecs, pool, new HostPlace(kernels, pool, decided, arena));
            boolean mapped = decided == WeightStorage.MAPPED;
            var weights = new WeightLoader(files, config, kernels, reader)
                    .load(decided == WeightStorage.WIDENED, () -> {
                        if (arena.scope().isAlive()) {
                            arena.close();
                            if (mapped) {
                                files.close();
                            }
                        }
                    });
            if (!mapped) {
                files.close();
            }
            return weights;
        } catch (Throwable failure) {
            arena.close();
            files.close();
            throw failure;
        }
    }

    /**
     * Reads all weights to a place of the caller's.
     *
     * @param memory what the matrices then lie in, closed with the weights, or here on an error
     * @throws ModelFormatException as above
     */
    public static ModelWeights load(
            Path directory,
            LlamaConfig config,
            DenseKernels kernels,
            WorkerPool pool,
            MatrixPlace place,
            ModelWeights.AutoCloseableMemory memory) {
        try (var files = ModelFiles.open(directory)) {
            var reader = new TensorReader(files, kernels, pool, place);
            return new WeightLoader(files, config, kernels, reader).load(false, memory);
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
    }

    private ModelWeights load(boolean widened, ModelWeights.AutoCloseableMemory memory) {
        requirePrefix();
        int hidden = config.hiddenSize();
        var embedding = reader.matrix(EMBEDDING, config.vocabulary(), hidden);
        List<BlockWeights> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            blocks.add(block("model.layers." + layer + "."));
        }
        var finalNorm = norm("model.norm.weight", hidden);
        var head = new Linear(head(embedding), null);
        requireAllRead();
        return new ModelWeights(embedding, blocks, finalNorm, head, widened, warnings, memory);
    }

    private void requirePrefix() {
        if (!files.has(EMBEDDING) && files.has(EMBEDDING.substring(PREFIX.length()))) {
            throw new ModelFormatException(
                    files.source(),
                    "its tensors lack the prefix 'model.', so this is a model without its head, saved from the inner"
                            + " class; save it again with the head (AutoModelForCausalLM of transformers does)");
        }
    }

    private BlockWeights block(String prefix) {
        int hidden = config.hiddenSize();
        var norms = config.norms();
        // Where there is a norm behind attention, it has the name that a norm before the feed-forward has elsewhere.
        var beforeFeedForward = norms.after() ? "pre_feedforward_layernorm" : "post_attention_layernorm";
        var attention = attention(prefix + "self_attn.");
        var feedForward = feedForward(prefix + "mlp.");
        return new BlockWeights(
                norms.before() ? norm(prefix + "input_layernorm.weight", hidden) : null,
                attention.get(0),
                attention.get(1),
                attention.get(2),
                headNorm(prefix + "self_attn.q_norm.weight", config.queryWidth()),
                headNorm(prefix + "self_attn.k_norm.weight", config.kvWidth()),
                linear(
                        prefix + "self_attn.o_proj",
                        hidden,
                        config.queryWidth(),
                        config.projections().outputBias()),
                norms.after() ? norm(prefix + "post_attention_layernorm.weight", hidden) : null,
                norms.before() ? norm(prefix + beforeFeedForward + ".weight", hidden) : null,
                feedForward.get(0),
                feedForward.get(1),
                linear(
                        prefix + "mlp.down_proj",
                        hidden,
                        config.intermediateSize(),
                        config.projections().feedForwardBias()),
                norms.after() ? norm(prefix + "post_feedforward_layernorm.weight", hidden) : null);
    }

    /** Query, key and value. */
    private List<Linear> attention(String prefix) {
        int hidden = config.hiddenSize();
        int queries = config.queryWidth();
        int keys = config.kvWidth();
        if (config.projections().fused()) {
            return split(prefix + "qkv_proj.weight", hidden, queries, keys, keys);
        }
        boolean bias = config.projections().queryKeyValueBias();
        return List.of(
                linear(prefix + "q_proj", queries, hidden, bias),
                linear(prefix + "k_proj", keys, hidden, bias),
                linear(prefix + "v_proj", keys, hidden, bias));
    }

    /** Gate and up. */
    private List<Linear> feedForward(String prefix) {
        int hidden = config.hiddenSize();
        int intermediate = config.intermediateSize();
        if (config.projections().fused()) {
            return split(prefix + "gate_up_proj.weight", hidden, intermediate, intermediate);
        }
        boolean bias = config.projections().feedForwardBias();
        return List.of(
                linear(prefix + "gate_proj", intermediate, hidden, bias),
                linear(prefix + "up_proj", intermediate, hidden, bias));
    }

    /** Matrices that are one tensor, one below the other. */
    private List<Linear> split(String name, int inputs, int... outputs) {
        int all = 0;
        for (int each : outputs) {
            all = Math.addExact(all, each);
        }
        List<Linear> parts = new ArrayList<>();
        int from = 0;
        for (int each : outputs) {
            parts.add(new Linear(reader.rows(name, all, from, each, inputs), null));
            from += each;
        }
        return parts;
    }

    private Linear linear(String name, int outputs, int inputs, boolean bias) {
        return new Linear(
                reader.matrix(name + ".weight", outputs, inputs), bias ? reader.vector(name + ".bias", outputs) : null);
    }

    private RmsNorm norm(String name, int width) {
        var weight = reader.vector(name, width);
        if (config.norms().plusOne()) {
            for (int i = 0; i < width; i++) {
                weight[i] += 1;
            }
        }
        return new RmsNorm(kernels.rows(), weight, config.norms().epsilon());
    }

    private @Nullable RmsNorm headNorm(String name, int widthTogether) {
        return switch (config.norms().heads()) {
            case NONE -> null;
            case EACH -> norm(name, config.headDim());
            case TOGETHER -> norm(name, widthTogether);
        };
    }

    /** The head's own weights, also where the configuration says that they are the embedding's but the file has others. */
    private Matrix head(Matrix embedding) {
        if (!config.tiedEmbeddings()) {
            return reader.matrix(HEAD, config.vocabulary(), config.hiddenSize());
        }
        if (!files.has(HEAD)) {
            return embedding;
        }
        var own = files.require(HEAD, config.vocabulary(), config.hiddenSize());
        var shared = files.require(EMBEDDING, config.vocabulary(), config.hiddenSize());
        if (own.type() == shared.type() && files.bytes(own).mismatch(files.bytes(shared)) < 0) {
            return embedding;
        }
        warnings.add(files.source() + ": tie_word_embeddings is true, but tensor '" + HEAD
                + "' differs from the embedding; the file's head is used, as in transformers");
        return reader.matrix(HEAD, config.vocabulary(), config.hiddenSize());
    }

    private void requireAllRead() {
        var left = new TreeSet<>(files.unread());
        // Frequencies that older files carry along; they follow from the configuration.
        left.removeIf(name -> name.endsWith(".rotary_emb.inv_freq"));
        if (left.isEmpty()) {
            return;
        }
        var first = left.first();
        throw new ModelFormatException(
                files.source(),
                "tensor '" + first + "' " + (left.size() > 1 ? "and " + (left.size() - 1) + " others are" : "is")
                        + " not read by a model of type " + config.family() + " with this configuration" + hint(first)
                        + ", so something else would be computed");
    }

    private static String hint(String name) {
        if (name.endsWith("qweight") || name.endsWith("scales") || name.endsWith("qzeros")) {
            return " (the weights are quantised)";
        }
        if (name.endsWith(".bias")) {
            return " (it is a bias that the configuration does not speak of)";
        }
        if (name.contains("lora_")) {
            return " (it is an adapter's, which must be merged first)";
        }
        return "";
    }
}
