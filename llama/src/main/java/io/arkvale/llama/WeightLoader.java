package io.arkvale.llama;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.FormatCodec;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.PackedMatrix;
import io.arkvale.kernels.StorageFormat;
import io.arkvale.kernels.WorkerPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the parameters of a model's directory, checking each tensor's shape and type against the configuration. */
final class WeightLoader {

    static final String FILE = "model.safetensors";

    private final SafeTensors file;
    private final LlamaConfig config;
    private final DenseKernels kernels;
    private final WorkerPool pool;

    private WeightLoader(SafeTensors file, LlamaConfig config, DenseKernels kernels, WorkerPool pool) {
        this.file = file;
        this.config = config;
        this.kernels = kernels;
        this.pool = pool;
    }

    static LlamaWeights load(Path directory, LlamaConfig config, DenseKernels kernels, WorkerPool pool) {
        var path = directory.resolve(FILE);
        if (!Files.exists(path) && Files.exists(directory.resolve(FILE + ".index.json"))) {
            throw new ModelFormatException(path, "there is no such file; weights split into several are not supported");
        }
        try (var file = SafeTensors.open(path)) {
            return new WeightLoader(file, config, kernels, pool).load();
        }
    }

    private LlamaWeights load() {
        int hidden = config.hiddenSize();
        var embedding = matrix("model.embed_tokens.weight", config.vocabulary(), hidden);
        List<LlamaWeights.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer("model.layers." + layer + "."));
        }
        var head = config.tiedEmbeddings() ? embedding : matrix("lm_head.weight", config.vocabulary(), hidden);
        return new LlamaWeights(embedding, List.copyOf(layers), norm("model.norm.weight"), head);
    }

    private LlamaWeights.Layer layer(String prefix) {
        int hidden = config.hiddenSize();
        int intermediate = config.intermediateSize();
        return new LlamaWeights.Layer(
                norm(prefix + "input_layernorm.weight"),
                matrix(prefix + "self_attn.q_proj.weight", config.queryWidth(), hidden),
                matrix(prefix + "self_attn.k_proj.weight", config.kvWidth(), hidden),
                matrix(prefix + "self_attn.v_proj.weight", config.kvWidth(), hidden),
                matrix(prefix + "self_attn.o_proj.weight", hidden, config.queryWidth()),
                norm(prefix + "post_attention_layernorm.weight"),
                matrix(prefix + "mlp.gate_proj.weight", intermediate, hidden),
                matrix(prefix + "mlp.up_proj.weight", intermediate, hidden),
                matrix(prefix + "mlp.down_proj.weight", hidden, intermediate));
    }

    private RmsNorm norm(String name) {
        var entry = file.require(name, config.hiddenSize());
        var weight = new float[config.hiddenSize()];
        codec(entry).decode(file.bytes(entry), 0, weight, 0, weight.length);
        return new RmsNorm(kernels.rows(), weight, config.normEpsilon());
    }

    private PackedMatrix matrix(String name, int outputs, int inputs) {
        var entry = file.require(name, outputs, inputs);
        var codec = codec(entry);
        var bytes = file.bytes(entry);
        long rowBytes = (long) inputs * entry.type().bytes();
        var matrix = kernels.matrix(outputs, inputs);
        int width = matrix.panelWidth();
        pool.forEach(matrix.panels(), (panel, worker) -> {
            var row = new float[inputs];
            for (int output = panel * width; output < Math.min(outputs, (panel + 1) * width); output++) {
                codec.decode(bytes, output * rowBytes, row, 0, inputs);
                matrix.setRow(output, row, 0);
            }
        });
        return matrix;
    }

    private FormatCodec codec(TensorEntry entry) {
        var format = switch (entry.type()) {
            case F32 -> StorageFormat.F32;
            case F16 -> StorageFormat.F16;
            case BF16 -> StorageFormat.BF16;
            default ->
                throw new ModelFormatException(
                        file.file(),
                        "tensor '" + entry.name() + "': its dtype is " + entry.type()
                                + ", but weights must be F32, F16 or BF16");
        };
        return Kernels.scalar().codec(format);
    }
}
