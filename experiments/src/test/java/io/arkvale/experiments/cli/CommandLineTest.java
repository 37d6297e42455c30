package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    @Test
    void unknownCommandListsTheCommands() {
        var run = Run.of("passkeys");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("arkvale: unknown command 'passkeys'; commands: [")
                .contains("backends");
    }

    @Test
    void noCommandIsWrongUsage() {
        var run = Run.of();
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("name a command");
    }

    @Test
    void unknownFormatListsTheFormats() {
        var run = Run.of("backends", "--format", "xml");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("table, json, csv").contains("xml");
    }

    @Test
    void unwritableOutputDirectoryIsFoundBeforeAnythingIsPrinted(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("file"), "not a directory");
        var run = Run.of("backends", "--out", file.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(file.toString())
                .contains("cannot be written")
                .doesNotContain("\tat ");
    }

    @Test
    void stacktraceIsPrintedOnRequest(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("file"), "not a directory");
        assertThat(Run.of("backends", "--stacktrace", "--out", file.toString()).err())
                .contains("\tat ");
    }

    @Test
    void theListOfBackendsFitsATerminal() {
        var list = Run.of("backends").out();
        assertThat(list).contains("cpu        available: ");
        assertThat(list.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void backendsAreWrittenToFilesAsToStandardOutput(@TempDir Path directory) {
        var run = Run.of("backends", "--format", "json", "--out", directory.toString());
        assertThat(run.exit()).isZero();
        assertThat(directory.resolve("backends.json")).hasContent(run.out());
        assertThat(directory.resolve("backends.csv")).content().startsWith("id,available,device,reason,cure\n");
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }
}
