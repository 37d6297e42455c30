package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.experiments.cli.terminal.LostOutput;
import io.arkvale.experiments.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output that is lost is a failure: exit 1 and a sentence. */
class LostOutputTest {
    @TempDir
    private Path directory = Path.of("");

    /** A stream that fails after some bytes, like a disk that is full then. */
    private static Run lost(int room, String... arguments) {
        var full = new OutputStream() {
            private int left = room;

            @Override
            public void write(int value) throws IOException {
                if (left-- <= 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(LostOutput.guard(full), new PrintStream(err, true, StandardCharsets.UTF_8), false);
        return new Run(Main.run(terminal, arguments), "", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void everyCommandFailsWithASentence() throws IOException {
        var prompt = Files.writeString(directory.resolve("prompt"), "The grass is green. The sky is");
        var commands = List.of(
                new String[] {"simulate", "--format", "json"},
                new String[] {"policies"},
                new String[] {"--help"},
                new String[] {"--version"},
                new String[] {
                    "generate",
                    "--prompt-file",
                    prompt.toString(),
                    "--policy",
                    "full",
                    "--max-tokens",
                    "8",
                    "--model",
                    "../models/needle-5m"
                });
        for (var command : commands) {
            var run = lost(3, command);
            assertThat(run.exit()).as(String.join(" ", command)).isEqualTo(1);
            assertThat(run.err())
                    .contains("arkvale: standard output cannot be written: no space left on device")
                    .doesNotContain("\tat ", "Exception");
        }
    }

    @Test
    void aFullDeviceIsAFailureOfTheProcess() throws IOException, InterruptedException {
        var full = new File("/dev/full");
        assumeTrue(full.exists(), "no /dev/full");
        var err = directory.resolve("err");
        var exit = ChildProcess.of(List.of(), "simulate", "--format", "json")
                .redirectOutput(full)
                .redirectError(err.toFile())
                .start()
                .waitFor();
        assertThat(exit).isEqualTo(1);
        assertThat(Files.readString(err)).contains("standard output cannot be written: no space left on device");
    }
}
