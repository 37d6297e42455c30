package io.arkvale.experiments.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.task.Copy;
import io.arkvale.experiments.task.Needles;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.task.Records;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.ruler.Niah;
import io.arkvale.experiments.task.ruler.VariableTracking;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.TensorType;
import io.arkvale.llama.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tasks on small random models with tokenizers of other kinds than one token per byte, from end to end. */
class AnyTokenizerTest {
    private static final Path TOKENIZERS = Path.of("..", "llama", "src", "test", "resources", "tokenizers");
    private static final int VOCABULARY = 400;
    private static final int HIDDEN = 32;

    /** The tasks as their commands have them by default. */
    private static final Map<String, Task> TASKS = Map.of(
            "passkey", new Passkey(),
            "needles", new Needles(16, 6),
            "niah", new Niah(Niah.Haystack.NOISE, 4, 1, 1),
            "variables", new VariableTracking(1, 4),
            "copy", new Copy(),
            "records", new Records(4));

    /** LongBench-like lines, made up for this test. */
    private static final String LINES =
            """
            {"input": "What colour is the door?", "context": "%s The door of the mill is green. %s", "answers": ["green"], "length": 90, "dataset": "hotpotqa"}
            {"input": "Ou est le café ? 🙂", "context": "Passage 1: le café est près du pont. %s", "answers": ["près du pont"], "length": 60, "dataset": "multifieldqa_en"}
            """.formatted("The sky is blue. ".repeat(20), "The sun is yellow. ".repeat(20), "Here we go. ".repeat(30));

    @TempDir
    private Path directory = Path.of("");

    /** Each prompt is the beginning's tokens, the context's, each question's without a beginning, and each answer's. */
    @ParameterizedTest
    @CsvSource({
        "byte-level, passkey", "byte-level, needles", "byte-level, niah", "byte-level, variables", "byte-level, copy",
        "byte-level, records", "byte-fallback, passkey", "byte-fallback, needles", "unigram, passkey",
                "unigram, needles"
    })
    void promptsHaveTheModelsTokensAndABeginningOnce(String kind, String name) throws IOException {
        write(kind);
        var rows = run(name, "--lengths", "600", "--samples", "1", "--policies", "full,arkvale,tova", "--seed", "4");
        assertThat(rows).hasSize(3);
        var episode = Objects.requireNonNull(TASKS.get(name))
                .episodes(600, 1, new SplittableRandom(4))
                .getFirst();
        try (var tokenizer = Tokenizer.forModel(directory, VOCABULARY)) {
            int tokens = tokenizer.encode(episode.context().getBytes(UTF_8)).length;
            for (var question : episode.questions()) {
                tokens += tokenizer.encodeMore(question.text().getBytes(UTF_8)).length;
                tokens += question.tokens() > 0
                        ? question.tokens()
                        : tokenizer.encodeMore(question.answer().getBytes(UTF_8)).length;
            }
            for (var row : rows) {
                assertThat(row.path("prompt_tokens").asInt()).isEqualTo(tokens);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"passkey", "needles", "variables", "records"})
    void aLengthMayBeInTokens(String task) throws IOException {
        write("byte-level");
        var rows = run(task, "--prompt-tokens", "3000", "--samples", "1", "--policies", "full");
        // As much filler as fits: less than one more sentence or record would be too much.
        assertThat(rows.get(0).path("prompt_tokens").asInt()).isBetween(2880, 3000);
    }

    @Test
    void aLengthInTokensThatIsTooShortIsRefused() throws IOException {
        write("byte-level");
        var run = Run.of("passkey", "--model", directory.toString(), "--prompt-tokens", "40", "--budgets", "256");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--prompt-tokens is 40, but a prompt of passkey with little filler has some ");
        var both = Run.of("passkey", "--prompt-tokens", "40", "--lengths", "40");
        assertThat(both.exit()).isEqualTo(2);
        assertThat(both.err()).contains("--lengths and --prompt-tokens both say how long a prompt is");
    }

    @Test
    void longBenchsLinesRunThroughTheTokenizer() throws IOException {
        write("byte-level");
        var file = Files.writeString(directory.resolve("lines.jsonl"), LINES);
        var rows = run(
                "longbench",
                "--file",
                file.toString(),
                "--lengths",
                "500",
                "--policies",
                "full,arkvale",
                "--budgets",
                "512");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).path("samples").asInt()).isEqualTo(2);
        assertThat(rows.get(0).path("prompt_tokens").asInt()).isBetween(150, 900);
    }

    @Test
    void aTextStreamsInWholeCharacters() throws IOException {
        write("byte-fallback");
        var run = Run.of(
                "generate",
                "--model",
                directory.toString(),
                "--prompt",
                "The sky",
                "--max-tokens",
                "60",
                "--temperature",
                "1",
                "--stats");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isNotEmpty();
    }

    private JsonNode run(String task, String... options) {
        var all = new ArrayList<>(List.of(task, "--model", directory.toString(), "--format", "json"));
        all.addAll(List.of(options));
        if (!all.contains("--budgets")) {
            all.addAll(List.of("--budgets", "256"));
        }
        var run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new JsonMapper().readTree(run.out());
    }

    /** A random model of two layers with a small tokenizer. */
    private void write(String kind) throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
                 "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16, "vocab_size": 400,
                 "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
                """);
        Files.copy(TOKENIZERS.resolve(kind, "tokenizer.json"), directory.resolve("tokenizer.json"));
        var shapes = new LinkedHashMap<String, List<Long>>();
        shapes.put("model.embed_tokens.weight", List.of((long) VOCABULARY, (long) HIDDEN));
        for (int layer = 0; layer < 3; layer++) {
            var prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", List.of((long) HIDDEN));
            shapes.put(prefix + "self_attn.q_proj.weight", List.of(32L, 32L));
            shapes.put(prefix + "self_attn.k_proj.weight", List.of(16L, 32L));
            shapes.put(prefix + "self_attn.v_proj.weight", List.of(16L, 32L));
            shapes.put(prefix + "self_attn.o_proj.weight", List.of(32L, 32L));
            shapes.put(prefix + "post_attention_layernorm.weight", List.of((long) HIDDEN));
            shapes.put(prefix + "mlp.gate_proj.weight", List.of(48L, 32L));
            shapes.put(prefix + "mlp.up_proj.weight", List.of(48L, 32L));
            shapes.put(prefix + "mlp.down_proj.weight", List.of(32L, 48L));
        }
        shapes.put("model.norm.weight", List.of((long) HIDDEN));
        var declarations = new ArrayList<SafeTensorsWriter.Declaration>();
        shapes.forEach(
                (name, shape) -> declarations.add(new SafeTensorsWriter.Declaration(name, TensorType.F32, shape)));
        var random = new Random(1);
        try (var writer = SafeTensorsWriter.create(directory.resolve("model.safetensors"), declarations, Map.of())) {
            for (var shape : shapes.values()) {
                var values =
                        new float[(int) shape.stream().mapToLong(size -> size).reduce(1, Math::multiplyExact)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian(0, 0.3);
                }
                writer.append(values, 0, values.length);
            }
        }
    }
}
