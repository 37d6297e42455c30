package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.cli.option.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The tasks' commands from end to end on the shipped model, and what they say to wrong input. */
class TaskCommandsTest {
    private static final String MODEL = Path.of("..", "models", "needle-5m").toString();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void passkeyIsRecalledByArkValeAndLostByStreamingLlm() {
        var run = run(
                "passkey",
                "--lengths",
                "2000",
                "--budgets",
                "256,4096",
                "--policies",
                "full,arkvale:page-size=16,streaming-llm",
                "--samples",
                "3",
                "--against",
                "streaming-llm",
                "--format",
                "json",
                "--out",
                directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        var rows = new JsonMapper().readTree(run.out());
        assertThat(rows).hasSize(6);
        var accuracies = new ArrayList<Double>();
        rows.forEach(row -> accuracies.add(row.get("accuracy").asDouble()));
        assertThat(accuracies).containsExactly(1.0, 1.0, 1.0, 1.0, 0.0, 1.0);
        var first = rows.get(2);
        assertThat(first.get("task").asString()).isEqualTo("passkey");
        assertThat(first.get("policy").asString()).isEqualTo("arkvale:page-size=16");
        assertThat(first.get("budget").asInt()).isEqualTo(256);
        assertThat(first.get("samples").asInt()).isEqualTo(3);
        // 16 pages, of which the last one is not full: counted in tokens, like those of every policy.
        assertThat(first.get("resident_pages").asDouble()).isBetween(15.0, 15.99);
        assertThat(first.get("resident_pages").asDouble() * 16)
                .isCloseTo(first.get("held_tokens").asDouble(), within(16.0));
        assertThat(first.get("recalled_bytes").asLong()).isPositive();
        assertThat(first.get("backend").asString()).isEqualTo("cpu");
        assertThat(first.get("gain_on").asString()).isEqualTo("streaming-llm");
        assertThat(first.get("gain").asDouble()).isEqualTo(1);
        // Three texts do not make it certain.
        assertThat(first.get("gain_low").asDouble()).isBetween(-0.3, -0.2);
        assertThat(first.get("verdict").asString()).isEqualTo("too few samples");
        assertThat(first.get("protocol").asString()).isEqualTo("question-after");
        assertThat(rows.get(0).get("backend").isNull()).isTrue();
        assertThat(rows.get(3).get("gain").asDouble()).isZero();
        assertThat(rows.get(4).get("gain").isNull()).isTrue(); // the policy itself
        assertThat(rows.get(4).get("verdict").isNull()).isTrue();
        assertThat(directory.resolve("passkey.json")).hasContent(run.out());
        assertThat(directory.resolve("passkey.csv")).content().startsWith("task,policy,budget,length,samples,correct,");
    }

    @Test
    void needlesTableHasARowPerPolicyAndAColumnPerBudget() {
        var run = run(
                "needles",
                "--lengths",
                "800",
                "--budgets",
                "512,1024",
                "--policies",
                "full,tova",
                "--samples",
                "1",
                "--needles",
                "4",
                "--turns",
                "2");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines().toList().subList(1, 3))
                .satisfies(lines -> assertThat(lines.get(0).split(" +")).containsExactly("policy", "512", "1024"))
                .satisfies(lines -> assertThat(lines.get(1).split(" +")).containsExactly("full", "100", "100"));
        assertThat(run.err()).contains("model needle-5m").contains("seed 1").contains("JDK");
    }

    @Test
    void rulersTablesSayThatAShareIsCounted() {
        var run = run(
                "variables",
                "--lengths",
                "500",
                "--budgets",
                "512",
                "--policies",
                "full",
                "--samples",
                "1",
                "--out",
                directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines().findFirst().orElseThrow())
                .contains("share of references found")
                .doesNotContain("right answers");
        var json = new JsonMapper().readTree(directory.resolve("variable-tracking.json"));
        assertThat(json.get(0).get("measure").asString()).isEqualTo("share of references found");
    }

    private static Run run(List<String> arguments, String... more) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    @Test
    void keyformersNoiseFollowsTheSeed() {
        var first = keyformer("1");
        assertThat(keyformer("1")).isEqualTo(first);
        assertThat(keyformer("2")).isNotEqualTo(first);
    }

    /** What the held-out text costs under Keyformer, which is as fine as its choices. */
    private static double keyformer(String seed) {
        var run = run(
                List.of(
                        "perplexity",
                        "--context",
                        "400",
                        "--tokens",
                        "40",
                        "--budgets",
                        "64",
                        "--policies",
                        "keyformer"),
                "--format",
                "json",
                "--seed",
                seed);
        assertThat(run.exit()).as(run.err()).isZero();
        return new JsonMapper().readTree(run.out()).get(0).get("bits_per_byte").asDouble();
    }

    @Test
    void policiesThatAreNamedAreExplained() {
        var run = Run.of("policies", "h2o", "arkvale");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("evict.h2o: the recent tokens and those with the most attention so far")
                .contains("recent=0.5 (0.0 to 1.0)\n      share of the budget for the most recent tokens")
                .contains("sink=2 (0 to 1024)\n      first pages that are never evicted");
        var json = new JsonMapper()
                .readTree(Run.of("policies", "h2o", "--format", "json").out());
        assertThat(json.get(0).get("optionsExplained").get(0).asString())
                .isEqualTo("recent=0.5 (0.0 to 1.0): share of the budget for the most recent tokens");
    }

    @Test
    void longBenchSaysWhoseWordingItHas() throws IOException {
        var lines = Files.writeString(
                directory.resolve("lines.jsonl"),
                "{\"input\": \"Who?\", \"context\": \"A cat.\", \"answers\": [\"a cat\"], \"dataset\": \"hotpotqa\"}\n");
        var prompts = Files.writeString(directory.resolve("p.json"), "{\"hotpotqa\": \"{context} {input}\"}");
        var lengths = Files.writeString(directory.resolve("l.json"), "{\"hotpotqa\": 3}");
        var arguments = List.of("longbench", "--file", lines.toString(), "--budgets", "512", "--policies", "full");
        var own = run(arguments);
        assertThat(own.exit()).as(own.err()).isZero();
        assertThat(own.out()).contains("LongBench's measures, prompts of this program's own wording");
        var theirs = run(arguments, "--prompts", prompts.toString(), "--max-lengths", lengths.toString());
        assertThat(theirs.exit()).as(theirs.err()).isZero();
        assertThat(theirs.out()).contains("LongBench's measures, LongBench's prompts");
        var missing = run(arguments, "--prompts", directory.resolve("none").toString());
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("prompts file").contains("does not exist");
    }

    @Test
    void generatePrintsExactlyTheGeneratedBytes() throws IOException {
        var prompt =
                Files.writeString(directory.resolve("prompt"), "The pass key is 4711. ".repeat(3) + "The pass key is");
        var run = run("generate", "--prompt-file", prompt.toString(), "--max-tokens", "5", "--policy", "full");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(" 4711");
    }

    @Test
    void perplexityOfAFile() throws IOException {
        var text = Files.writeString(directory.resolve("text"), "In the beginning was the Word. ".repeat(20));
        var run = run(
                "perplexity",
                "--text-file",
                text.toString(),
                "--context",
                "300",
                "--tokens",
                "50",
                "--budgets",
                "128",
                "--policies",
                "full,h2o",
                "--format",
                "csv");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(3).first().asString().contains("bits_per_byte");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            passkey --policies full,lru                  | unknown policy 'lru'; policies: [full,
            passkey --policies full,full                 | --policies names a value twice
            passkey --policies arkvale:digets=centroid   | its options: [attended, backups, digest,
            passkey --backend nonsense --policies full   | backend 'nonsense' is unavailable: no provider of that id
            passkey --policies full --digest centroid    | --digest belongs to policy arkvale, which is not among
            passkey --lengths 2000000000                 | --lengths is 2000000000; allowed: 1 to 16777216
            passkey --samples 2000000000                 | --samples is 2000000000; allowed: 1 to 16777216
            passkey --polices full                       | unknown option '--polices'; did you mean --policies?
            passkey --protocol before                    | --protocol is 'before'; allowed: question-after, question-inside
            passkey --policies oracle:choice=head        | old names of head-groups=1 and head-groups=each
            passkey --policies oracle:head-groups=2:choice=layer | give one of them
            passkey --policies arkvale:prefetch=1:reuse=0.8      | give one of them
            passkey --policies arkvale:prefill-chunk=0           | allowed: whole, or 1 to 1048576
            task colours                                 | no jar provides a task
            attention --measure ranks --digests centroid | --digests belongs to --measure digests
            generate --prompt-file README.md --policy h2o --backend tornado | backend 'tornado' is unavailable
            passkey --backend gpu                        | backend 'gpu' is unavailable: no provider of that id
            passkey --backend cpu --backend-option a=b   | unknown backend option 'a'; allowed: [
            passkey --backend-option threads=1           | name it with --backend
            passkey --budgets 128                        | 2 sink and 2 window pages need at least 160 tokens
            passkey --budgets 500                        | budgetTokens is 500; allowed: multiples of pageSize, which is 32
            passkey --budgets 512,abc                    | 'abc' is not an int
            passkey --budgets 4 --policies streaming-llm | budget 4 is too small for policy 'streaming-llm'
            passkey --attended 16 --budgets 512          | attendedPages is 16; allowed: 4 to 15
            passkey --digest box                         | option 'digest' of policy 'arkvale' is 'box'; allowed: cuboid-mean
            passkey --head-groups 3                      | head-groups is 3; allowed: divisors of the 2 KV heads
            passkey --dense-layers 7                     | dense layers are 7; allowed: 0 to 6
            passkey --samples 0                          | --samples is 0; allowed: 1 to 16777216
            passkey --lengths 66000                      | max_position_embeddings allows 65536
            passkey --against tofu                       | --against is 'tofu', which is not among the policies
            words --lengths 2000000000                   | --lengths is 2000000000; allowed: 1 to 16777216
            words --lengths 50000                        | allowed: at most 40019, since there are 576 different words
            passkey --policies snapkv:kernel=4           | option 'kernel' of policy 'snapkv' is '4'; allowed: odd, 1 to 63
            niah --queries 5                             | --queries is 5; allowed: 1 to 4
            variables --hops 17                          | --hops is 17; allowed: 0 to 16
            needles --turns 17                           | --turns is 17; allowed: 1 to 16
            perplexity --context 20000                   | the text has 16384 tokens
            perplexity --text-file nowhere.txt           | text file nowhere.txt does not exist
            longbench --file nowhere.jsonl               | LongBench file nowhere.jsonl does not exist
            generate --prompt-file nowhere.txt           | prompt file nowhere.txt does not exist
            generate --prompt-file .                     | prompt file . cannot be read
            """)
    void wrongInputGetsOneSentence(String command, String sentence) {
        var run = run(command.strip().split(" +"));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("arkvale: ").contains(sentence).doesNotContain("\tat ", "Exception");
        assertThat(run.err().lines().filter(line -> !line.startsWith("Try '"))).hasSize(1);
    }

    @Test
    void aBackendThatNothingRunsOnIsSaidToChangeNothing() {
        var run = run("passkey", "--policies", "full", "--lengths", "200", "--samples", "1", "--backend", "cpu");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("nothing here runs on a backend; --backend cpu changes nothing");
    }

    /** One weight that is no number: nothing computed from it is a result. */
    @Test
    void aWeightThatIsNoNumberIsAnError() throws IOException {
        Files.copy(Path.of(MODEL, "config.json"), directory.resolve("config.json"));
        var weights = Files.readAllBytes(Path.of(MODEL, "model.safetensors"));
        // The last element of the file, whatever its type is: all bits set is no number in any of them.
        Arrays.fill(weights, weights.length - 4, weights.length, (byte) 0xFF);
        Files.write(directory.resolve("model.safetensors"), weights);
        var prompt = Files.writeString(directory.resolve("prompt"), "The grass is green.");
        var model = directory.toString();
        var generated = Run.of("generate", "--prompt-file", prompt.toString(), "--policy", "full", "--model", model);
        assertThat(generated.exit()).as(generated.out()).isEqualTo(2);
        assertThat(generated.out()).isEmpty();
        var scored = Run.of("passkey", "--policies", "full", "--lengths", "200", "--samples", "1", "--model", model);
        assertThat(scored.exit()).isEqualTo(2);
        assertThat(scored.out()).isEmpty();
        assertThat(scored.err())
                .contains("model.safetensors: tensor 'model.norm.weight'")
                .contains(" is NaN");
    }

    /** With the question inside, each has a session of its own, whose prompt holds no other. */
    @Test
    void theProtocolDecidesWhenAQuestionComes() {
        var prompts = new ArrayList<Integer>();
        for (var protocol : List.of("question-after", "question-inside")) {
            var run = run(
                    "needles",
                    "--lengths",
                    "600",
                    "--budgets",
                    "512",
                    "--policies",
                    "full,arkvale,snapkv",
                    "--samples",
                    "1",
                    "--needles",
                    "4",
                    "--turns",
                    "2",
                    "--protocol",
                    protocol,
                    "--format",
                    "json");
            assertThat(run.exit()).as(run.err()).isZero();
            var rows = new JsonMapper().readTree(run.out());
            assertThat(rows.get(0).get("accuracy").asDouble()).isEqualTo(1);
            for (var row : rows) {
                assertThat(row.get("samples").asInt()).isEqualTo(2);
                assertThat(row.get("protocol").asString()).isEqualTo(protocol);
            }
            prompts.add(rows.get(0).get("prompt_tokens").asInt());
        }
        // The shorter prompt lacks a question of some 130 characters with its answer.
        assertThat(prompts.get(0) - prompts.get(1)).isBetween(100, 180);
        var table = run(
                "passkey", "--policies", "full", "--lengths", "200", "--samples", "1", "--protocol", "question-inside");
        assertThat(table.out()).contains("question inside the context");
    }

    /** SnapKV keeps what the context's last tokens look for: with the question among them it finds what it else loses. */
    @Test
    void aPolicyThatKnowsTheQuestionKeepsItsAnswer() {
        assertThat(snapKv("question-after")).isZero();
        assertThat(snapKv("question-inside")).isGreaterThanOrEqualTo(0.5);
    }

    private static double snapKv(String protocol) {
        var run = run(
                List.of("passkey", "--lengths", "1500", "--samples", "2", "--policies", "snapkv", "--budgets", "256"),
                "--format",
                "json",
                "--protocol",
                protocol);
        assertThat(run.exit()).as(run.err()).isZero();
        return new JsonMapper().readTree(run.out()).get(0).get("accuracy").asDouble();
    }

    @Test
    void resultsAreWrittenAsTheUmaskSays() throws IOException {
        var run = run(
                "passkey", "--policies", "full", "--lengths", "200", "--samples", "1", "--out", directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        var usual = Files.getPosixFilePermissions(Files.writeString(directory.resolve("usual"), ""));
        for (var name : List.of("passkey.json", "passkey.csv", "observations.jsonl")) {
            assertThat(Files.getPosixFilePermissions(directory.resolve(name)))
                    .as(name)
                    .isEqualTo(usual);
        }
    }

    /** A policy added later runs alone, an edited input runs again, and the rest is not measured twice. */
    @Test
    void onlyWhatChangedIsMeasured() throws IOException {
        var text = directory.resolve("text");
        var out = directory.resolve("out");
        Files.writeString(text, "In the beginning was the Word. ".repeat(20));
        assertThat(perplexity(text, out, "full")).isEqualTo(2);
        assertThat(perplexity(text, out, "full")).isEqualTo(2);
        assertThat(perplexity(text, out, "full,h2o")).isEqualTo(4);
        Files.writeString(text, "In the beginning was the Word; ".repeat(20));
        assertThat(perplexity(text, out, "full,h2o")).isEqualTo(8);
        var shown = Run.of("results", out.toString(), "--format", "csv");
        assertThat(shown.exit()).as(shown.err()).isZero();
        assertThat(shown.out().lines()).hasSize(5);
        Files.writeString(out.resolve("observations.jsonl"), "");
        var empty = Run.of("results", out.toString());
        assertThat(empty.exit()).isEqualTo(2);
        assertThat(empty.err()).contains("observations.jsonl").contains("it is empty");
    }

    /** Observations in the directory after a run. */
    private static long perplexity(Path text, Path out, String policies) throws IOException {
        var run = run(
                "perplexity",
                "--text-file",
                text.toString(),
                "--context",
                "300",
                "--tokens",
                "50",
                "--budgets",
                "128",
                "--policies",
                policies,
                "--out",
                out.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        try (var lines = Files.lines(out.resolve("observations.jsonl"))) {
            return lines.count() - 1;
        }
    }

    @Test
    void answersAreShownBesideWhatWasExpectedAndRunsCompared() {
        var first = directory.resolve("first");
        var other = directory.resolve("other");
        for (var place : List.of(first, other)) {
            var run = run(
                    "passkey",
                    "--policies",
                    "full,streaming-llm",
                    "--lengths",
                    "500",
                    "--budgets",
                    "128",
                    "--samples",
                    "2",
                    "--out",
                    place.toString());
            assertThat(run.exit()).as(run.err()).isZero();
        }
        var answers = Run.of("results", first.toString(), "--answers");
        assertThat(answers.out().lines())
                .hasSize(5)
                .first()
                .asString()
                .contains("said")
                .contains("expected");
        var wrong = Run.of("results", first.toString(), "--wrong", "--format", "csv");
        assertThat(wrong.out().lines().skip(1)).isNotEmpty().allMatch(line -> line.contains(",streaming-llm,"));
        var compared = Run.of("results", first.toString(), "--against", other.toString(), "--format", "json");
        var rows = new JsonMapper().readTree(compared.out());
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get("gain").asDouble()).isZero();
        assertThat(rows.get(0).get("samples").asInt()).isEqualTo(2);
        assertThat(rows.get(0).get("verdict").asString()).isEqualTo("too few samples");
        var none = Run.of("results", first.toString(), "--policy", "tova");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("holds no such observations");
    }

    @Test
    void helpShowsATasksOwnOptionsFirst() {
        var help = Run.of("needles", "--help").out();
        assertThat(help.indexOf("  --needles=")).isPositive().isLessThan(help.indexOf("  --lengths="));
        assertThat(help.indexOf("  --policies=")).isLessThan(help.indexOf("  --dense-layers="));
        assertThat(help.indexOf("  --out=")).isPositive().isLessThan(help.indexOf("  --dense-layers="));
    }

    @Test
    void modelDirectoryWithoutAModel() {
        var run = Run.of("passkey", "--model", directory.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("config.json").contains("no such file");
        assertThat(Run.of("passkey", "--model", "nowhere").err()).contains("model directory nowhere does not exist");
    }

    @Test
    void truncatedModelFile() throws IOException {
        Files.copy(Path.of(MODEL, "config.json"), directory.resolve("config.json"));
        Files.write(directory.resolve("model.safetensors"), new byte[] {1, 2, 3});
        var run = Run.of("passkey", "--model", directory.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).startsWith("arkvale: " + directory.resolve("model.safetensors"));
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void theShippedModelsCardNamesItsTrainedLength() {
        assertThat(ModelCard.trainedTokens(Path.of(MODEL))).hasValue(32_768);
        assertThat(ModelCard.trainedTokens(Path.of("..", "models", "needle-7m")))
                .hasValue(12_288);
        assertThat(ModelCard.trainedTokens(directory)).isEmpty();
    }

    /** The model under a card that says it was trained with less. */
    @Test
    void aPromptBeyondTheTrainedLengthIsWarnedOfOnce() throws IOException {
        for (var file : List.of("config.json", "model.safetensors")) {
            Files.copy(Path.of(MODEL, file), directory.resolve(file));
        }
        Files.writeString(directory.resolve("README.md"), "| context | trained at 20, to 400 |\n");
        var within = passkey(100);
        assertThat(within.exit()).as(within.err()).isZero();
        assertThat(within.err()).doesNotContain("warning");
        var beyond = passkey(300);
        assertThat(beyond.exit()).as(beyond.err()).isZero();
        assertThat(beyond.err().lines().filter(line -> line.contains("warning")))
                .singleElement()
                .asString()
                .matches("arkvale: warning: a prompt has 5\\d\\d tokens; the model was trained with at most 400");
    }

    private Run passkey(int length) {
        return Run.of(
                "passkey",
                "--model",
                directory.toString(),
                "--lengths",
                Integer.toString(length),
                "--budgets",
                "512",
                "--policies",
                "full,arkvale",
                "--samples",
                "2");
    }

    private static Run run(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--model");
        all.add(MODEL);
        return Run.of(all.toArray(String[]::new));
    }
}
