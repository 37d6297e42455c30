package io.arkvale.benchmarks;

import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.SafeTensorsWriter.Declaration;
import io.arkvale.llama.files.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes a Llama of a known shape with random weights in bfloat16: what it computes means nothing, what it costs is what
 * a trained one costs.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.arkvale.benchmarks.MadeUpModel small|1.1b|8b DIRECTORY}
 */
public final class MadeUpModel {
    /** Numbers of a piece that is made once and written again and again: random enough for products. */
    private static final int PIECE = 1 << 20;

    private static final double DEVIATION = 0.02;

    private final Shape shape;

    private MadeUpModel(Shape shape) {
        this.shape = shape;
    }

    private record Shape(
            int hidden, int intermediate, int layers, int queryHeads, int kvHeads, int headDim, int vocabulary) {

        static Shape of(String name) {
            return switch (name) {
                // To see whether a driver starts: 4 MB.
                case "small" -> new Shape(128, 256, 2, 4, 2, 32, 4096);
                // TinyLlama's: 1.1 billion parameters, 2.2 GB.
                case "1.1b" -> new Shape(2048, 5632, 22, 32, 4, 64, 32_000);
                // Llama-3-8B's: 8 billion parameters, 16 GB.
                case "8b" -> new Shape(4096, 14_336, 32, 32, 8, 128, 128_256);
                default ->
                    throw new IllegalArgumentException("the shape is '" + name + "', but must be small, 1.1b or 8b");
            };
        }
    }

    /** Writes the model into a directory, which is made. */
    public static void main(String... arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: MadeUpModel small|1.1b|8b DIRECTORY");
            System.exit(2);
        }
        new MadeUpModel(Shape.of(arguments[0])).write(Files.createDirectories(Path.of(arguments[1])));
    }

    private void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "head_dim": %d, "vocab_size": %d, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5,
                 "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
                """.formatted(
                        shape.hidden,
                        shape.intermediate,
                        shape.layers,
                        shape.queryHeads,
                        shape.kvHeads,
                        shape.headDim,
                        shape.vocabulary));
        var tensors = tensors();
        var piece = piece();
        try (var writer =
                SafeTensorsWriter.create(directory.resolve("model.safetensors"), tensors, Map.of("format", "pt"))) {
            for (var tensor : tensors) {
                long left = tensor.shape().stream().reduce(1L, Math::multiplyExact);
                if (tensor.name().endsWith("norm.weight")) {
                    writer.append(ones(Math.toIntExact(left)));
                    continue;
                }
                for (; left > 0; left -= Math.min(left, PIECE)) {
                    writer.append(piece.asSlice(0, Math.min(left, PIECE) * Short.BYTES));
                }
            }
        }
    }

    private List<Declaration> tensors() {
        List<Declaration> tensors = new ArrayList<>();
        int queries = shape.queryHeads * shape.headDim;
        int keys = shape.kvHeads * shape.headDim;
        tensors.add(tensor("model.embed_tokens.weight", shape.vocabulary, shape.hidden));
        for (int layer = 0; layer < shape.layers; layer++) {
            var prefix = "model.layers." + layer + ".";
            tensors.add(tensor(prefix + "input_layernorm.weight", shape.hidden));
            tensors.add(tensor(prefix + "self_attn.q_proj.weight", queries, shape.hidden));
            tensors.add(tensor(prefix + "self_attn.k_proj.weight", keys, shape.hidden));
            tensors.add(tensor(prefix + "self_attn.v_proj.weight", keys, shape.hidden));
            tensors.add(tensor(prefix + "self_attn.o_proj.weight", shape.hidden, queries));
            tensors.add(tensor(prefix + "post_attention_layernorm.weight", shape.hidden));
            tensors.add(tensor(prefix + "mlp.gate_proj.weight", shape.intermediate, shape.hidden));
            tensors.add(tensor(prefix + "mlp.up_proj.weight", shape.intermediate, shape.hidden));
            tensors.add(tensor(prefix + "mlp.down_proj.weight", shape.hidden, shape.intermediate));
        }
        tensors.add(tensor("model.norm.weight", shape.hidden));
        tensors.add(tensor("lm_head.weight", shape.vocabulary, shape.hidden));
        return tensors;
    }

    private static Declaration tensor(String name, long... sizes) {
        List<Long> shape = new ArrayList<>();
        for (long size : sizes) {
            shape.add(size);
        }
        return new Declaration(name, TensorType.BF16, shape);
    }

    private static MemorySegment piece() {
        var random = new SplittableRandom(1);
        var numbers = new short[PIECE];
        for (int i = 0; i < PIECE; i++) {
            numbers[i] = bfloat16(random.nextGaussian(0, DEVIATION));
        }
        return bytes(numbers);
    }

    private static MemorySegment ones(int count) {
        var numbers = new short[count];
        Arrays.fill(numbers, bfloat16(1));
        return bytes(numbers);
    }

    /** The upper half of a float32; that it rounds towards zero does not matter here. */
    private static short bfloat16(double value) {
        return (short) (Float.floatToRawIntBits((float) value) >>> Short.SIZE);
    }

    private static MemorySegment bytes(short[] numbers) {
        var bytes = MemorySegment.ofArray(new byte[numbers.length * Short.BYTES]);
        MemorySegment.copy(numbers, 0, bytes, ValueLayout.JAVA_SHORT_UNALIGNED, 0, numbers.length);
        return bytes;
    }
}
