package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the compiler is, the images are what it makes of the sources, byte for byte. Of kernels with a store, those of one are looked at. */
@Tag("thorough")
class RecompileTest {
    private static final Path IMAGES = Path.of("src/main/resources/io/arkvale/cuda/images");

    @Test
    void compilingAgainGivesTheSameImages(@TempDir Path folder) throws Exception {
        var noted = line(Files.readString(IMAGES.resolve("MANIFEST")), "nvcc ");
        Assumptions.assumeTrue(compiler().contains(noted.substring("nvcc ".length())), "there is no " + noted);

        var compiled = folder.resolve("images");
        var log = folder.resolve("log");
        var process = new ProcessBuilder(
                        Path.of("compile-kernels").toAbsolutePath().toString(), compiled.toString(), "Element")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(() -> read(log)).isZero();

        try (var images = Files.list(compiled)) {
            assertThat(images.filter(image -> image.toString().endsWith(".fatbin")))
                    .isNotEmpty()
                    .allSatisfy(image -> assertThat(image)
                            .as("run backend-cuda/compile-kernels")
                            .hasSameBinaryContentAs(IMAGES.resolve(image.getFileName())));
        }
    }

    /** What the compiler says of its version; nothing if there is none. */
    private static String compiler() throws InterruptedException {
        try {
            var process = new ProcessBuilder("nvcc", "--version").start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return said;
        } catch (IOException e) {
            return ""; // no such program
        }
    }

    private static String line(String text, String start) {
        return text.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
