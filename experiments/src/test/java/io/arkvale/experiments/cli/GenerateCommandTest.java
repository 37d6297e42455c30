package io.arkvale.experiments.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code generate} on the shipped model: what it prints, where it ends, and what it says to wrong input. */
class GenerateCommandTest {
    private static final Path MODEL = Path.of("..", "models", "needle-5m");
    private static final String PROMPT = "The pass key is 4711. ".repeat(3) + "The pass key is";

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aPromptMayStandOnTheCommandLine() {
        var run = run("--prompt", PROMPT, "--max-tokens", "5", "--policy", "full");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711");
    }

    @Test
    void weightsMayBeRoundedToEightBits() {
        var run = run("--prompt", PROMPT, "--max-tokens", "5", "--policy", "full", "--eight-bit-weights");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711");
        assertThat(run.err()).contains("needle-5m in eight bits");
    }

    @Test
    void aTextToStopAtEndsTheGenerationBeforeIt() {
        var run = run("--prompt", PROMPT, "--max-tokens", "40", "--policy", "full", "--stop", "7", "--stop", "\\n");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4");
    }

    /** The same model with another end of text: the byte '1'. */
    @Test
    void theModelsOwnEndEndsTheGeneration() throws IOException {
        var run = generate(otherModel("{\"eos_token_id\": [49, 50]}"), "--prompt", PROMPT, "--policy", "full");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 47");
    }

    @Test
    void theSameSeedDrawsTheSameText() {
        var first = drawn("1");
        assertThat(drawn("1")).isEqualTo(first);
        assertThat(drawn("2")).isNotEqualTo(first);
    }

    private static String drawn(String seed) {
        var run = run(
                "--prompt",
                "In the beginning",
                "--max-tokens",
                "30",
                "--temperature",
                "1",
                "--top-k",
                "40",
                "--top-p",
                "0.9",
                "--seed",
                seed);
        assertThat(run.exit()).as(run.err()).isZero();
        return run.out();
    }

    @Test
    void figuresFollowOnRequest() {
        var run = run("--prompt", "x".repeat(700), "--max-tokens", "8", "--budget", "256", "--stats");
        assertThat(run.exit()).as(run.err()).isZero();
        var lines = run.err().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).as("between the text and its figures").isEmpty();
        assertThat(lines.get(2)).matches("708 tokens; read 700 in [\\d.]+ s \\([\\d.]+ per second\\), wrote 8 in .*");
        assertThat(lines.get(3)).matches("keys and values: [\\d.]+ MiB resident, [\\d.]+ MiB in backups");
        assertThat(lines.get(4))
                .matches(
                        "per step, in 4 layers with a budget: [\\d.]+ pages attended to, [\\d.]+ of them there \\(hits\\),"
                                + " [\\d.]+ recalled");
    }

    @Test
    @ResourceLock("java.lang.System.in")
    void aTalkGoesOnInTurns() {
        var run =
                talk("The pass key is 4711. The pass key is\n\n/stats\n/nothing\nThe pass key is\n/quit\nnever read\n");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711\n 4711\n");
        assertThat(run.err())
                .contains("42 tokens; read 37 in")
                .contains("There is no command /nothing; /help lists them.")
                .doesNotContain("anew");
    }

    @Test
    @ResourceLock("java.lang.System.in")
    void aTalkMayBeForgotten() {
        var run = talk(
                "/stats\nThe pass key is 4711. The pass key is\n/reset\n/help\nThe pass key is 5822. The pass key is\n");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711\n 5822\n");
        assertThat(run.err())
                .contains("There has been no turn yet.", "The conversation is forgotten.", "/quit    ends");
    }

    /** A turn that there is no room for is as if it had not been said. */
    @Test
    @ResourceLock("java.lang.System.in")
    void aTurnThatDoesNotFitLeavesNothingBehind() {
        var run = talk("The pass key is 4711. The pass key is\n" + "x".repeat(70_000) + "\nThe pass key is\n/stats\n");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711\n 4711\n");
        assertThat(run.err())
                .contains("max_position_embeddings allows 65536; /reset begins anew", "63 tokens; read 17 in");
    }

    private static Run talk(String input) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
        try {
            return run("--interactive", "--max-tokens", "5", "--policy", "full");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aChatIsWrittenByTheModelsTemplate() throws IOException {
        var model = otherModel("{}");
        Files.writeString(
                model.resolve("tokenizer_config.json"),
                "{\"chat_template\": \"{% for m in messages %}{{ m.content }} {% endfor %}{{ 'The pass key is' }}\"}");
        var run = generate(
                model, "--chat", "--system", "The pass key is 4711.", "--prompt", "Remember it.", "--max-tokens", "5");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --max-tokens 5                    | there is no prompt; give one with --prompt or --prompt-file
            --prompt a                        | the prompt has 1 tokens; at least 2 are needed
            --prompt ab --max-tokens 70000    | max_position_embeddings allows 65536
            --prompt ab --system no           | it needs --chat
            --prompt ab --chat                | has no chat template
            --prompt ab --temperature -1      | --temperature is -1.0; allowed: 0 or more
            --prompt ab --top-p 2             | --top-p is 2.0; allowed: above 0, at most 1
            --prompt ab --top-k -2            | --top-k is -2; allowed: 1 or more
            --prompt ab --prompt-file x       | mutually exclusive
            """)
    void wrongInputGetsOneSentence(String options, String sentence) {
        var run = run(options.split(" +"));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("arkvale: ").contains(sentence).doesNotContain("\tat ", "Exception");
    }

    /** A file that is no tokenizer is found before a file that has no weights. */
    @Test
    void theTokenizerIsLookedAtBeforeTheWeights() throws IOException {
        Files.copy(MODEL.resolve("config.json"), directory.resolve("config.json"));
        Files.writeString(directory.resolve("model.safetensors"), "no weights");
        Files.writeString(directory.resolve("tokenizer.json"), "[]");
        var run = generate(directory, "--prompt", "ab");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).startsWith("arkvale: " + directory.resolve("tokenizer.json") + ": it is no JSON object");
    }

    private Path otherModel(String generation) throws IOException {
        for (var file : List.of("config.json", "model.safetensors")) {
            Files.copy(MODEL.resolve(file), directory.resolve(file));
        }
        Files.writeString(directory.resolve("generation_config.json"), generation);
        return directory;
    }

    private static Run run(String... options) {
        return generate(MODEL, options);
    }

    private static Run generate(Path model, String... options) {
        var all = new ArrayList<>(List.of("generate", "--model", model.toString()));
        all.addAll(List.of(options));
        return Run.of(all.toArray(String[]::new));
    }
}
