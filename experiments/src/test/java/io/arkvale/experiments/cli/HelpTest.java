package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.experiments.cli.option.ArkValeOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.simulate.BatchSizes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the command line says about itself, on a terminal of 80 columns, and what it guesses. */
class HelpTest {
    private static final int WIDTH = 80;

    @TempDir
    private Path directory = Path.of("");

    private static CommandLine all() {
        return Main.commandLine(new Terminal(nowhere(), nowhere(), false));
    }

    private static PrintStream nowhere() {
        return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    static Stream<List<String>> commands() {
        return paths(List.of(), all()).stream();
    }

    private static List<List<String>> paths(List<String> path, CommandLine line) {
        var paths = new ArrayList<List<String>>();
        line.getSubcommands().forEach((name, command) -> {
            var own = Stream.concat(path.stream(), Stream.of(name)).toList();
            paths.add(own);
            paths.addAll(paths(own, command));
        });
        return paths;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandsHelpFitsAndLabelsItsValuesInCapitals(List<String> command) {
        var words = Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new);
        var help = Run.of(words).out();
        assertThat(help)
                .startsWith("Usage: arkvale " + String.join(" ", command))
                .doesNotContain("=<");
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
        assertThat(help.indexOf("  -h, --help")).isGreaterThan(help.indexOf("      --out="));
    }

    @Test
    void commandsAreFoundByTheirOwnNames() {
        var terminal = new Terminal(nowhere(), nowhere(), false);
        var names = new Commands(terminal, Main::commandLine).names();
        assertThat(names).containsExactlyElementsOf(all().getSubcommands().keySet());
    }

    @Test
    void optionsOfThePolicyArkvaleStandInItsOwnHelp() {
        var task = Run.of("passkey", "--help").out().replaceAll("\\s+", " ");
        var policy = Run.of("policies", "--help", "arkvale").out();
        assertThat(task).contains("'arkvale policies --help NAME'");
        for (var option : ArkValeOptions.ALSO_OF_COMMANDS) {
            assertThat(task).doesNotContain(" --" + option);
            assertThat(policy).contains("--" + option).contains("  " + option + "=");
        }
        var passkey = Objects.requireNonNull(all().getSubcommands().get("passkey"));
        var hidden = passkey.getCommandSpec().options().stream()
                .filter(option -> option.hidden())
                .map(option -> option.longestName().substring(2));
        assertThat(hidden).containsExactlyElementsOf(ArkValeOptions.ALSO_OF_COMMANDS);
    }

    @Test
    void everyPolicyIsListedAndEveryOptionExplained() {
        var list = Run.of("policies").out();
        assertThat(list.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
        var infos = Policies.all().stream().map(policy -> policy.info()).toList();
        var names =
                Stream.concat(Stream.of("policies", "--help"), infos.stream().map(info -> info.shortName()));
        var help = Run.of(names.toArray(String[]::new)).out();
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
        var parts = help.split("\n\n", -1);
        assertThat(parts).hasSameSizeAs(infos);
        for (int i = 0; i < parts.length; i++) {
            var info = infos.get(i);
            assertThat(list).contains("  " + info.shortName() + " ");
            var words = parts[i].replaceAll("\\s+", " ");
            assertThat(words).startsWith(info.name() + ": ").contains(info.paper());
            for (var option : info.options()) {
                assertThat(words).contains(" " + option.name() + "=" + option.defaultValue());
                assertThat(words).contains(option.description());
            }
        }
    }

    @Test
    void helpOnAPolicyThatIsNotThereIsAnError() {
        var run = Run.of("policies", "--help", "arkvail");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("did you mean arkvale?").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pasky                                          | passkey
            policies --formt=json                          | --format
            passkey --polices full                         | --policies
            generate --tokens 32                           | --max-tokens
            passkey --policies streaming                   | streaming-llm
            passkey --policies arkvail                     | arkvale
            passkey --policies arkvale:digset=centroid     | digest
            passkey --policies arkvale:digest=centriod     | centroid
            passkey --policies arkvale:attended=aut        | auto
            passkey --protocol question-befor              | question-after
            policies --format jsn                          | json
            bench --scope atended                          | attended
            simulate --batch-sizes powers-of-to            | powers-of-two
            reproduce tabel1 --out nowhere                 | table1
            attention --measure digests --digests centriod | centroid
            passkey --model needle-5                       | needle-5m
            completion bsh                                 | bash
            """)
    void aMistypedWordIsGuessed(String line, String meant) {
        var run = Run.of(line.split(" ", -1));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("; did you mean " + meant + "?");
    }

    @Test
    void oldSpellingsOfValuesAreTaken() {
        var line = all();
        for (var sizes : List.of("powers_of_two", "POWERS_OF_TWO", "powers-of-two")) {
            var parsed =
                    line.parseArgs("simulate", "--batch-sizes", sizes, "--software", "GRAPH", "--scope", "RESIDENT");
            assertThat(Objects.requireNonNull(parsed.subcommand()).matchedOptionValue("--batch-sizes", BatchSizes.ANY))
                    .isEqualTo(BatchSizes.POWERS_OF_TWO);
        }
    }

    @Test
    void bashCompletesCommandsOptionsAndPolicies() throws IOException, InterruptedException {
        var script = script("bash");
        assertThat(reply(script, "pass")).isEqualTo("passkey");
        assertThat(reply(script, "passkey", "--prot")).isEqualTo("--protocol");
        assertThat(reply(script, "passkey", "--policies", "arkv")).isEqualTo("arkvale");
        assertThat(reply(script, "completion", "z")).isEqualTo("zsh");
    }

    @Test
    void zshReadsItsScript() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/usr/bin/zsh")) || Files.exists(Path.of("/bin/zsh")), "no zsh");
        var script = script("zsh");
        assertThat(output("zsh", "-f", "-c", "source " + script + " && print -r -- ${_comps[arkvale]}"))
                .contains("_complete_arkvale");
    }

    private Path script(String shell) throws IOException {
        var run = Run.of("completion", shell);
        assertThat(run.exit()).isZero();
        return Files.writeString(directory.resolve(shell), run.out());
    }

    /** What the script offers for the last word. */
    private static String reply(Path script, String... words) throws IOException, InterruptedException {
        var run = "source " + script + "; COMP_WORDS=(arkvale \"$@\"); COMP_CWORD=$#; _complete_arkvale;"
                + " echo ${COMPREPLY[*]}";
        return output(Stream.concat(Stream.of("bash", "--norc", "-c", run, "complete"), Stream.of(words))
                .toArray(String[]::new));
    }

    private static String output(String... words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.strip();
    }
}
