package io.arkvale.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void filesHaveThePermissionsThatTheUsersMaskGives() throws IOException {
        assumeTrue(
                Files.getFileStore(directory).supportsFileAttributeView("posix"),
                "this file system has no permissions");
        var plain = Files.writeString(directory.resolve("plain"), "");
        OutputDirectory.open(directory).write("result.svg", "<svg/>");
        assertThat(Files.getPosixFilePermissions(directory.resolve("result.svg")))
                .isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void nothingIsLeftBesideTheFile() throws IOException {
        var output = OutputDirectory.open(directory);
        output.write("result.svg", "one");
        output.write("result.svg", "two");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("result.svg"));
        }
        assertThat(directory.resolve("result.svg")).hasContent("two");
    }
}
