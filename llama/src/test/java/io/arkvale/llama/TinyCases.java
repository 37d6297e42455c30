package io.arkvale.llama;

import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * The tiny models that {@code src/test/python/tiny_models.py} describes, written as HuggingFace directories. Their weights
 * are computed here as there, from a tensor's name and an element's index.
 */
final class TinyCases {

    static final int LENGTH = 48;

    /** Positions at the prompt's end whose logits are known. */
    static final int KEPT = 4;

    private TinyCases() {}

    static Stream<TinyCase> all() {
        try (InputStream stream = TinyCases.class.getResourceAsStream("/tiny/cases.json")) {
            var root = Json.MAPPER.readTree(Objects.requireNonNull(stream).readAllBytes());
            return StreamSupport.stream(root.spliterator(), false).map(TinyCase::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One model and what must become of it. */
    record TinyCase(JsonNode node) {

        String name() {
            return node.path("name").stringValue();
        }

        boolean isRefused() {
            return node.has("refused");
        }

        String refusal() {
            return node.path("refused").stringValue();
        }

        boolean warns() {
            return node.path("warns").asBoolean(false);
        }

        /** Whether the prompt can be read token by token. */
        boolean decodes() {
            return node.path("decodes").asBoolean(true);
        }

        int[] prompt() {
            int length = node.path("length").asInt(LENGTH);
            var tokens = new int[length];
            Arrays.setAll(tokens, i -> (7 * i * i + 3 * i + 5) % 48);
            return tokens;
        }

        int[] greedy() {
            return StreamSupport.stream(node.path("greedy").spliterator(), false)
                    .mapToInt(JsonNode::intValue)
                    .toArray();
        }

        /** {@code [KEPT, vocabulary]}. */
        float[] logits() {
            var bytes = ByteBuffer.wrap(
                    Base64.getDecoder().decode(node.path("logits").stringValue()));
            var numbers = new float[bytes.remaining() / Float.BYTES];
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
            return numbers;
        }

        void write(Path directory) throws IOException {
            Files.writeString(
                    directory.resolve("config.json"), node.path("config").toString());
            int shards = node.path("shards").asInt(1);
            List<List<String>> files = new ArrayList<>();
            for (int i = 0; i < shards; i++) {
                files.add(new ArrayList<>());
            }
            int index = 0;
            for (var tensor : node.path("tensors")) {
                files.get(index++ % shards).add(tensor.stringValue());
            }
            var only = node.path("file").asString("model.safetensors");
            var map = new TreeMap<String, String>();
            for (int i = 0; i < shards; i++) {
                var file = shards == 1 ? only : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards);
                writeTensors(directory.resolve(file), files.get(i));
                for (var tensor : files.get(i)) {
                    map.put(tensor.split(" ", -1)[0], file);
                }
            }
            if (shards > 1) {
                Files.writeString(
                        directory.resolve("model.safetensors.index.json"),
                        Json.MAPPER.writeValueAsString(Map.of("metadata", Map.of(), "weight_map", map)));
            }
        }

        @Override
        public String toString() {
            return name();
        }
    }

    private static void writeTensors(Path file, List<String> tensors) throws IOException {
        List<SafeTensorsWriter.Declaration> declarations = new ArrayList<>();
        for (var tensor : tensors) {
            var words = tensor.split(" ", -1);
            declarations.add(
                    new SafeTensorsWriter.Declaration(words[0], TensorType.valueOf(words[1]), shape(words[2])));
        }
        try (var writer = SafeTensorsWriter.create(file, declarations, Map.of("format", "pt"))) {
            for (var declaration : declarations) {
                writer.append(bytes(declaration));
            }
        }
    }

    private static List<Long> shape(String text) {
        return Arrays.stream(text.split("x", -1)).map(Long::valueOf).toList();
    }

    private static MemorySegment bytes(SafeTensorsWriter.Declaration tensor) {
        float[] numbers = numbers(tensor.name(), tensor.shape());
        var format = switch (tensor.type()) {
            case F16 -> StorageFormat.F16;
            case BF16 -> StorageFormat.BF16;
            default -> StorageFormat.F32;
        };
        // Types that are refused before anything is computed may hold anything.
        var segment =
                MemorySegment.ofArray(new byte[numbers.length * tensor.type().bytes()]);
        if (List.of(TensorType.F32, TensorType.F16, TensorType.BF16).contains(tensor.type())) {
            for (int i = 0; i < numbers.length; i++) {
                format.set(segment, (long) i * format.bytes(), numbers[i]);
            }
        }
        return segment;
    }

    /** The mix of SplitMix64 at hash(name) + index, scaled by what the tensor is. */
    static float[] numbers(String name, List<Long> shape) {
        long seed = 0xCBF29CE484222325L;
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            seed = (seed ^ each) * 0x100000001B3L;
        }
        long count = shape.stream().reduce(1L, Math::multiplyExact);
        var numbers = new float[Math.toIntExact(count)];
        float scale = (float) (2.5 / Math.sqrt(shape.getLast()));
        boolean plain = name.endsWith("bias") || name.contains("embed") || name.contains("lm_head");
        for (int i = 0; i < numbers.length; i++) {
            long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            float unit = (z >>> 40) * 0x1p-23f - 1;
            numbers[i] = name.contains("norm") ? unit * 0.5f + 1 : plain ? unit : unit * scale;
        }
        return numbers;
    }
}
