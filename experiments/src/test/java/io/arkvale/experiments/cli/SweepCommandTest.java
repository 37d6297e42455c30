package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.cli.experiment.ExperimentRunner;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.sweep.SweepFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SweepCommandTest {
    private static final String MODEL = Path.of("..", "models", "needle-5m").toString();
    private static final String SMALL = """
            {"common": {"lengths": 200, "budgets": [64, 128], "samples": 2,
                        "policies": ["full", "streaming-llm"], "quick": {"budgets": 64}},
             "experiments": {"first": {"command": "passkey", "quick": {"samples": 1}},
                             "second": {"command": "variables", "hops": 1}}}
            """;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void gathersResultsAndGoesOnWhereItWas() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.json"), SMALL).toString();
        var out = directory.resolve("out");
        var part = Run.of("sweep", file, "--out", out.toString(), "--set", "model=" + MODEL, "--only", "first");
        assertThat(part.exit()).as(part.err()).isZero();
        var run = Run.of("sweep", file, "--out", out.toString(), "--set", "model=" + MODEL);
        assertThat(run.err())
                .contains("first: done before")
                .contains("second: 6 of 6 observations to make", "measured 6 observations");
        var gathered = Files.readString(out.resolve("sweep.json"));
        var rows = new JsonMapper().readTree(gathered);
        assertThat(rows).hasSize(8);
        assertThat(rows.get(0).get("experiment").asString()).isEqualTo("first");
        assertThat(rows.get(0).get("accuracy").asDouble()).isEqualTo(1);
        assertThat(rows.get(3).get("policy").asString()).isEqualTo("streaming-llm");
        assertThat(rows.get(3).get("budget").asInt()).isEqualTo(128);
        assertThat(rows.get(4).get("task").asString()).isEqualTo("variable-tracking");
        assertThat(run.out().lines().toList().get(0).split(" +")).containsExactly("policy", "first", "second");
        assertThat(run.out().lines().toList().get(1)).startsWith("full           100 100");
        var again = Run.of("sweep", file, "--out", out.toString(), "--set", "model=" + MODEL);
        assertThat(again.err()).contains("first: done before").contains("second: done before");
        assertThat(Files.readString(out.resolve("sweep.json"))).isEqualTo(gathered);
        assertThat(again.out()).isEqualTo(run.out());
    }

    /** Whoever measures, and however many, the observations are the same to the byte, and so are the tables. */
    @Test
    @Tag("thorough")
    void oneWorkerAndTwoObserveTheSame() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.json"), SMALL).toString();
        for (var workers : List.of("1", "2")) {
            var run = Run.of(
                    "sweep", file, "--out", out(workers).toString(), "--set", "model=" + MODEL, "--workers", workers);
            assertThat(run.exit()).as(run.err()).isZero();
        }
        assertThat(Files.readAllLines(out("2").resolve(Notebook.FILE)))
                .hasSize(1 + 12)
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(out("1").resolve(Notebook.FILE)));
        assertThat(out("2").resolve("sweep.json")).hasContent(Files.readString(out("1").resolve("sweep.json")));
    }

    private Path out(String name) {
        return directory.resolve(name);
    }

    @Test
    void aDryRunCountsAndKeepsItsSample() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.json"), SMALL).toString();
        var out = out("out").toString();
        String[] sweep = {"sweep", file, "--out", out, "--set", "model=" + MODEL, "--set", "samples=3", "--workers", "4"
        };
        var dry = Run.of(Stream.concat(Stream.of(sweep), Stream.of("--dry-run")).toArray(String[]::new));
        assertThat(dry.exit()).as(dry.err()).isZero();
        // Full attention knows no budget, so it is one cell.
        assertThat(dry.err())
                .contains("6 cells, 6 observations left in 2 texts:")
                .contains("with 4 workers");
        assertThat(dry.out().lines().toList().get(1))
                .containsPattern("first +length 200 +3 +3 +9 +3 +0\\.0 +\\d+\\.\\d +0\\.\\d{3}");
        assertThat(Files.readAllLines(out("out").resolve(Notebook.FILE))).hasSize(1 + 12);
        assertThat(out("out").resolve("sweep.json")).doesNotExist();
        assertThat(Run.of(sweep).err()).contains("first: 3 of 9 observations to make");
    }

    /** Of many cells some are tried, and an experiment with another seed is not tried again. */
    @Test
    void aDryRunTriesAFewCells() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.json"), """
                {"common": {"command": "passkey", "lengths": 200, "samples": 2, "policies": "streaming-llm",
                            "budgets": [64,65,66,67,68,69,70,71,72,73,74,75]},
                 "experiments": {"first": {"seed": 1}, "second": {"seed": 2}}}
                """).toString();
        String[] sweep = {"sweep", file, "--out", out("out").toString(), "--set", "model=" + MODEL};
        var dry = Run.of(Stream.concat(Stream.of(sweep), Stream.of("--dry-run")).toArray(String[]::new));
        assertThat(dry.exit()).as(dry.err()).isZero();
        // Eight of the first text; one and eight of the second.
        assertThat(Files.readAllLines(out("out").resolve(Notebook.FILE))).hasSize(1 + 8 + 9);
        assertThat(dry.err()).contains("24 cells, 31 observations left in 4 texts:");
        var time = " +\\d+\\.\\d +\\d+\\.\\d +0\\.\\d{3}";
        assertThat(dry.out().lines().toList().get(1)).containsPattern("first +length 200 +12 +2 +24 +7" + time);
        assertThat(dry.out().lines().toList().get(2)).containsPattern("second +length 200 +12 +2 +24 +24" + time);
        assertThat(Run.of(sweep).err()).contains("measured 31 observations");
    }

    /** An experiment under two names is measured once. */
    @Test
    void whatTwoExperimentsShareIsMeasuredOnce() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.json"), """
                {"common": {"command": "passkey", "lengths": 200, "budgets": 64, "samples": 1, "policies": "full"},
                 "experiments": {"first": {}, "second": {}}}
                """).toString();
        var run = Run.of("sweep", file, "--out", out("out").toString(), "--set", "model=" + MODEL);
        assertThat(run.err()).contains("first: 1 of 1 observations to make").contains("second: done before");
    }

    @Test
    void withoutTheAddOnSparkIsASentenceWithTheCure() throws IOException {
        assertThat(wrong(SMALL, "--spark", "local[2]"))
                .contains("--spark needs Apache Spark, which this distribution does not carry")
                .contains("mvn -Pspark");
        assertThat(out("no")).doesNotExist();
        assertThat(wrong(SMALL, "--spark", "local[2]", "--workers", "2")).contains("is the cluster's");
        assertThat(wrong(SMALL, "--workers", "0")).contains("--workers is 0");
    }

    @Test
    void ownOptionsGoBeforeCommonOnesQuickOnesBeforeThemAndGivenOnesBeforeAll() {
        var given = Map.of("policies", "tova");
        var full = SweepFile.parse("f", SMALL.getBytes(StandardCharsets.UTF_8), false, given);
        assertThat(String.join(" ", full.get(1).arguments()))
                .isEqualTo("variables --lengths 200 --budgets 64,128 --samples 2 --policies tova --hops 1");
        var quick = SweepFile.parse("f", SMALL.getBytes(StandardCharsets.UTF_8), true, given);
        assertThat(String.join(" ", quick.get(0).arguments()))
                .isEqualTo("passkey --lengths 200 --budgets 64 --samples 1 --policies tova");
    }

    @Test
    void theShippedSweepIsOfThisForm() {
        assertThat(SweepFile.parse("shipped", SweepFile.shipped(), true, Map.of()))
                .extracting(SweepFile.Experiment::name)
                .contains("passkey", "needles", "niah", "variables", "copy", "records", "perplexity");
    }

    /** Every option of every experiment is read as on the command line, before hours of work begin. */
    @Test
    void theSweepsThatComeAlongAreRight() throws IOException {
        var files = new ArrayList<byte[]>(List.of(SweepFile.shipped()));
        try (var kept = Files.newDirectoryStream(Path.of("sweeps"), "*.json")) {
            for (var file : kept) {
                files.add(Files.readAllBytes(file));
            }
        }
        assertThat(files).hasSizeGreaterThan(2);
        var terminal = new Terminal(System.out, System.err, false);
        for (var file : files) {
            for (var quick : List.of(true, false)) {
                ExperimentRunner.check(
                        terminal, Main::commandLine, SweepFile.parse("a sweep", file, quick, Map.of("model", MODEL)));
            }
        }
    }

    @Test
    @Tag("thorough")
    void theSweepOfDigestsRuns() {
        var run = Run.of(
                "sweep",
                Path.of("sweeps", "digests.json").toString(),
                "--out",
                directory.toString(),
                "--only",
                "needles-8192",
                "--set",
                "model=" + MODEL,
                "--set",
                "lengths=500", // more than the budget, so that pages go and come back
                "--set",
                "budgets=192",
                "--set",
                "needles=2",
                "--set",
                "turns=1",
                "--set",
                "samples=1");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(21);
        assertThat(directory.resolve("sweep.csv")).content().contains(",gain_on,gain,gain_low,gain_high,");
    }

    @Test
    void aFileThatIsNoSweepIsWrongInput() throws IOException {
        assertThat(wrong("{\"experiments\": ")).contains("is not valid JSON");
        assertThat(wrong("{}")).contains("names no experiments");
        assertThat(wrong("{\"experiments\": {\"a/b\": {}}}")).contains("experiment 'a/b'");
        assertThat(wrong("{\"experiments\": {\"a\": {}}}"))
                .contains("experiment 'a' of")
                .contains("names no command");
        assertThat(wrong("{\"experiments\": {\"a\": {\"command\": \"passkey\", \"policies\": \"none\"}}}"))
                .contains("unknown policy 'none'")
                .contains("experiment 'a' failed");
        assertThat(wrong("{\"experiments\": {\"a\": {\"command\": \"passkey\", \"polices\": \"full\"}}}"))
                .contains("experiment 'a': unknown option --polices; did you mean --policies?");
        assertThat(wrong("{\"experiments\": {\"a\": {\"command\": \"passkeys\"}}}"))
                .contains("unknown command 'passkeys'");
        assertThat(wrong("{\"experiments\": {\"a\": {\"command\": \"backends\"}}}"))
                .contains("'backends', which measures nothing; allowed: passkey,");
        assertThat(wrong("{\"experiments\": {\"a\": {\"command\": \"passkey\", \"out\": \"x\"}}}"))
                .contains("--out, which belongs to the whole file");
        assertThat(wrong("{\"experiment\": {}}"))
                .contains("unknown key 'experiment'")
                .contains("did you mean experiments?");
        assertThat(wrong("{\"experiments\": {\"a\": {\"command\": \"passkey\", \"samples\": 1, \"samples\": 2}}}"))
                .contains("is not valid JSON: Duplicate")
                .contains("samples");
        assertThat(wrong("\uFEFF{}")).contains("byte order mark");

        assertThat(wrong(SMALL, "--only", "third"))
                .contains("--only names 'third'")
                .contains("[first, second]");
    }

    @Test
    void aFileMayBeYaml() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.yaml"), """
                # a comment
                common: {lengths: 200, budgets: 64, samples: 1, policies: [full, tova]}
                experiments:
                  first: {command: passkey}
                """).toString();
        var run = Run.of("sweep", file, "--out", directory.resolve("out").toString(), "--set", "model=" + MODEL);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(3);
        Files.writeString(directory.resolve("sweep.yaml"), "experiments:\n  a: {command: passkey, command: copy}\n");
        assertThat(Run.of("sweep", file, "--out", directory.toString()).err())
                .contains("is not valid YAML")
                .containsIgnoringCase("duplicate");
    }

    private String wrong(String content, String... more) throws IOException {
        var file = Files.writeString(directory.resolve("wrong.json"), content).toString();
        var arguments = new ArrayList<>(
                List.of("sweep", file, "--out", directory.resolve("no").toString()));
        arguments.addAll(List.of(more));
        var run = Run.of(arguments.toArray(String[]::new));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        return run.err();
    }
}
