package io.arkvale.llama;

import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.files.ModelFiles;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A small random model written as a HuggingFace directory, and its forward pass in float64, written as plainly as the
 * paper's formulas: the oracle.
 */
public record TinyModel(LlamaConfig config, Map<String, float[]> tensors) {

    /** Weights by a seed. */
    public static TinyModel random(LlamaConfig config, long seed) {
        var random = new Random(seed);
        var tensors = new LinkedHashMap<String, float[]>();
        int hidden = config.hiddenSize();
        tensors.put("model.embed_tokens.weight", matrix(random, config.vocabulary(), hidden));
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            tensors.put(prefix + "input_layernorm.weight", matrix(random, hidden, 1));
            tensors.put(prefix + "self_attn.q_proj.weight", matrix(random, config.queryWidth(), hidden));
            tensors.put(prefix + "self_attn.k_proj.weight", matrix(random, config.kvWidth(), hidden));
            tensors.put(prefix + "self_attn.v_proj.weight", matrix(random, config.kvWidth(), hidden));
            tensors.put(prefix + "self_attn.o_proj.weight", matrix(random, hidden, config.queryWidth()));
            tensors.put(prefix + "post_attention_layernorm.weight", matrix(random, hidden, 1));
            tensors.put(prefix + "mlp.gate_proj.weight", matrix(random, config.intermediateSize(), hidden));
            tensors.put(prefix + "mlp.up_proj.weight", matrix(random, config.intermediateSize(), hidden));
            tensors.put(prefix + "mlp.down_proj.weight", matrix(random, hidden, config.intermediateSize()));
        }
        tensors.put("model.norm.weight", matrix(random, hidden, 1));
        if (!config.tiedEmbeddings()) {
            tensors.put("lm_head.weight", matrix(random, config.vocabulary(), hidden));
        }
        return new TinyModel(config, tensors);
    }

    /** Entries of about {@code 1/√inputs}, so that nothing grows from layer to layer; norms around 1. */
    private static float[] matrix(Random random, int outputs, int inputs) {
        var values = new float[outputs * inputs];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
        }
        return values;
    }

    /** Writes {@code config.json} and {@code model.safetensors}. */
    public void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d, "vocab_size": %d,
                 "max_position_embeddings": %d, "rms_norm_eps": %s, "rope_theta": %s, "tie_word_embeddings": %s}""".formatted(
                        config.hiddenSize(),
                        config.intermediateSize(),
                        config.layers(),
                        config.queryHeads(),
                        config.kvHeads(),
                        config.headDim(),
                        config.vocabulary(),
                        config.maxPositions(),
                        config.norms().epsilon(),
                        config.ropes().getFirst().theta(),
                        config.tiedEmbeddings()));
        List<SafeTensorsWriter.Declaration> declarations = new ArrayList<>();
        tensors.forEach((name, values) ->
                declarations.add(new SafeTensorsWriter.Declaration(name, TensorType.F32, shape(name, values))));
        var file = directory.resolve(ModelFiles.FILE);
        try (var writer = SafeTensorsWriter.create(file, declarations, Map.of())) {
            for (var values : tensors.values()) {
                writer.append(values, 0, values.length);
            }
        }
    }

    private List<Long> shape(String name, float[] values) {
        if (name.contains("norm")) {
            return List.of((long) values.length);
        }
        long inputs = name.contains("o_proj")
                ? config.queryWidth()
                : name.contains("down_proj") ? config.intermediateSize() : config.hiddenSize();
        return List.of(values.length / inputs, inputs);
    }

    /** The logits {@code [tokens, vocabulary]} in float64. */
    double[][] forward(int[] tokens) {
        int hidden = config.hiddenSize();
        var embedding = tensor("model.embed_tokens.weight");
        var x = new double[tokens.length][hidden];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < hidden; i++) {
                x[t][i] = embedding[tokens[t] * hidden + i];
            }
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            var normed = norm(x, prefix + "input_layernorm.weight");
            var q = rotated(product(normed, prefix + "self_attn.q_proj.weight"));
            var k = rotated(product(normed, prefix + "self_attn.k_proj.weight"));
            var v = product(normed, prefix + "self_attn.v_proj.weight");
            add(x, product(attention(q, k, v), prefix + "self_attn.o_proj.weight"));
            normed = norm(x, prefix + "post_attention_layernorm.weight");
            var gate = product(normed, prefix + "mlp.gate_proj.weight");
            var up = product(normed, prefix + "mlp.up_proj.weight");
            for (int t = 0; t < gate.length; t++) {
                for (int i = 0; i < gate[t].length; i++) {
                    gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
                }
            }
            add(x, product(gate, prefix + "mlp.down_proj.weight"));
        }
        return product(
                norm(x, "model.norm.weight"), config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight");
    }

    private float[] tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    private double[][] norm(double[][] x, String name) {
        var weight = tensor(name);
        var out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) {
                squares += value * value;
            }
            double factor = 1 / Math.sqrt(squares / x[t].length + config.norms().epsilon());
            out[t] = new double[x[t].length];
            for (int i = 0; i < x[t].length; i++) {
                out[t][i] = x[t][i] * factor * weight[i];
            }
        }
        return out;
    }

    private double[][] product(double[][] x, String name) {
        var weight = tensor(name);
        int inputs = x[0].length;
        var out = new double[x.length][weight.length / inputs];
        for (int t = 0; t < x.length; t++) {
            for (int n = 0; n < out[t].length; n++) {
                for (int i = 0; i < inputs; i++) {
                    out[t][n] += x[t][i] * weight[n * inputs + i];
                }
            }
        }
        return out;
    }

    private double[][] rotated(double[][] x) {
        int half = config.headDim() / 2;
        for (int t = 0; t < x.length; t++) {
            for (int head = 0; head < x[t].length; head += config.headDim()) {
                for (int i = 0; i < half; i++) {
                    double angle = t * Math.pow(config.ropes().getFirst().theta(), -2.0 * i / config.headDim());
                    double first = x[t][head + i];
                    double second = x[t][head + half + i];
                    x[t][head + i] = first * Math.cos(angle) - second * Math.sin(angle);
                    x[t][head + half + i] = second * Math.cos(angle) + first * Math.sin(angle);
                }
            }
        }
        return x;
    }

    private double[][] attention(double[][] q, double[][] k, double[][] v) {
        int d = config.headDim();
        var out = new double[q.length][config.queryWidth()];
        for (int t = 0; t < q.length; t++) {
            for (int head = 0; head < config.queryHeads(); head++) {
                int at = head * d;
                int kvAt = head / config.queryHeadsPerKvHead() * d;
                var weights = new double[t + 1];
                double sum = 0;
                for (int j = 0; j <= t; j++) {
                    double score = 0;
                    for (int i = 0; i < d; i++) {
                        score += q[t][at + i] * k[j][kvAt + i];
                    }
                    weights[j] = Math.exp(score / Math.sqrt(d));
                    sum += weights[j];
                }
                for (int j = 0; j <= t; j++) {
                    for (int i = 0; i < d; i++) {
                        out[t][at + i] += weights[j] / sum * v[j][kvAt + i];
                    }
                }
            }
        }
        return out;
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }
}
