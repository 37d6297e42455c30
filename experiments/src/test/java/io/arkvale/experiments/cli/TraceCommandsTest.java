package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Recording and replaying from end to end on the shipped model, and what they say to wrong input. */
class TraceCommandsTest {
    private static final String MODEL = Path.of("..", "models", "needle-5m").toString();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aRecordedRunIsReplayedUnderEveryPolicyAndBudget() {
        var file = directory.resolve("passkey.safetensors").toString();
        var recorded = Run.of(
                "trace", "record", file, "--model", MODEL, "--length", "800", "--max-tokens", "6", "--seed", "3");
        assertThat(recorded.exit()).as(recorded.err()).isZero();
        assertThat(recorded.out()).isEmpty();
        assertThat(recorded.err()).contains("wrote " + file + ": ").contains(" and 43 steps, ");
        var replayed = Run.of(
                "trace",
                "replay",
                file,
                "--policies",
                "full,arkvale:page-size=16,h2o:prefill-scores=all",
                "--budgets",
                "192,256",
                "--backend",
                "cpu",
                "--format",
                "json",
                "--out",
                directory.toString());
        assertThat(replayed.exit()).as(replayed.err()).isZero();
        var rows = new JsonMapper().readTree(replayed.out());
        assertThat(rows).hasSize(6);
        var arkVale = rows.get(2);
        assertThat(arkVale.get("policy").asString()).isEqualTo("arkvale:page-size=16");
        assertThat(arkVale.get("budget").asInt()).isEqualTo(192);
        assertThat(arkVale.get("steps").asInt()).isEqualTo(43);
        assertThat(arkVale.get("recorded_policy").asString()).isEqualTo("full");
        assertThat(arkVale.get("resident_pages").asDouble()).isBetween(11.0, 12.0); // the last one is not full
        assertThat(arkVale.get("recalled_bytes").asLong()).isPositive();
        assertThat(arkVale.get("output_error").asDouble()).isBetween(1e-4, 1.0);
        assertThat(arkVale.get("model").asString()).isEqualTo("needle-5m");
        assertThat(arkVale.get("backend").asString()).isEqualTo("cpu");
        assertThat(arkVale.get("seed").asInt()).isEqualTo(3);
        assertThat(rows.get(0).get("output_error").asDouble()).isZero();
        assertThat(rows.get(0).get("backend").isNull()).isTrue();
        assertThat(rows.get(5).get("held_tokens").asDouble()).isEqualTo(256);
        assertThat(directory.resolve("trace.json")).hasContent(replayed.out());
        var table = Run.of("trace", "replay", file, "--policies", "h2o", "--budgets", "64");
        assertThat(table.exit()).as(table.err()).isZero();
        assertThat(table.out()).contains("43 steps of needle-5m, recorded under full");
        assertThat(table.out().lines().toList().get(2).strip().split(" +")).startsWith("h2o", "64", "64", "0");
    }

    @Test
    void aTraceOfYourTextHoldsWhatWasSaid() throws IOException {
        var prompt = Files.writeString(directory.resolve("prompt"), "The pass key is 4711. ".repeat(3));
        var file = directory.resolve("own.safetensors");
        var run = Run.of(
                "trace",
                "record",
                file.toString(),
                "--model",
                MODEL,
                "--prompt-file",
                prompt.toString(),
                "--question",
                "The pass key is",
                "--max-tokens",
                "6",
                "--policy",
                "h2o",
                "--budget",
                "32",
                "--context-queries",
                "last");
        assertThat(run.exit()).as(run.err()).isZero();
        try (var trace = Trace.open(file)) {
            var header = trace.header();
            assertThat(header.contextTokens()).isEqualTo(66);
            assertThat(header.contextQueries()).isEqualTo(66);
            assertThat(header.steps()).isEqualTo(15 + 5);
            assertThat(header.run().policy()).isEqualTo("h2o");
            assertThat(header.run().budget()).isEqualTo(32);
            var said = new StringBuilder();
            for (int token = 0; token < header.tokens(); token++) {
                said.append((char) trace.text(token)[0]);
                assertThat(trace.tokens()[token]).isEqualTo(said.charAt(token));
            }
            assertThat(said).startsWith("The pass key is 4711. The").contains("The pass key is 4711. The pass key is");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trace                                              | name a command: [record, replay]
            trace show                                         | unknown command 'show'; commands: [record, replay]
            trace record                                       | Missing required parameter: 'FILE'
            trace record nowhere/a                             | trace file nowhere/a cannot be written: there is no directory
            trace record .                                     | trace file . is a directory; name a file
            trace record a --max-tokens 0                      | --max-tokens is 0; allowed: 1 to 16777216
            trace record a --max-tokens 2147483647             | --max-tokens is 2147483647; allowed: 1 to 16777216
            trace record a --max-tokens 16777216               | max_position_embeddings allows 65536
            trace record a --prompt-file /dev/null             | prompt file /dev/null has 0 tokens; at least 2 are needed
            trace record a --prompt-file /dev/null --question Q | prompt file /dev/null has 0 tokens; at least 1 is needed
            trace record a --length 0                          | --length is 0; allowed: 1 to 16777216
            trace record a --length 70000                      | max_position_embeddings allows 65536
            trace record a --question Who                      | --question belongs to a prompt of yours
            trace record a --prompt-file a.txt --length 9      | --length belongs to the passkey's filler
            trace record a --prompt-file nowhere.txt           | prompt file nowhere.txt does not exist
            trace record a --context-queries some              | --context-queries is 'some'; allowed: all, last
            trace record a --policy h2o --budget 0             | budget is 0; allowed: at least 1 token
            trace record a --policy arkvale --budget 100       | budgetTokens is 100; allowed: multiples of pageSize
            trace record a --threads 0                         | --threads is 0; allowed: 1 to 256
            trace replay nowhere                               | nowhere: there is no such file
            trace replay ../models/needle-5m/config.json       | ../models/needle-5m/config.json: its header's length is given as
            trace replay ../models/needle-5m/model.safetensors | model.safetensors: it is no trace, since its metadata have no entry
            trace replay nowhere --policies lru                | unknown policy 'lru'
            """)
    void wrongInputGetsOneSentence(String command, String sentence) {
        var model = command.startsWith("trace record a ") ? " --model " + MODEL : "";
        var run = Run.of((command + model).split(" +"));
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("arkvale: ").contains(sentence).doesNotContain("\tat ", "Exception");
        assertThat(run.err().lines().filter(line -> !line.startsWith("Try '"))).hasSize(1);
        assertThat(Path.of("a")).doesNotExist();
    }
}
