package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide shows four examples; here they are compiled, put into a jar and used from outside. */
class GuideTest {
    private static final Path SOURCES = Path.of("src", "test", "plugins", "example");
    private static final Map<String, String> SERVICES = Map.of(
            "RecentOnly", "io.arkvale.experiments.policy.TokenPolicy",
            "MeanOfHalves", "io.arkvale.experiments.policy.page.DigestKind",
            "Colours", "io.arkvale.experiments.task.Task",
            "AnswerLength", "io.arkvale.experiments.result.CellMetric");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void theGuideShowsTheExamplesWhichAreShort() throws IOException {
        var guide = Files.readString(Path.of("README.md"));
        for (var name : SERVICES.keySet()) {
            var source = Files.readString(SOURCES.resolve(name + ".java"));
            assertThat(guide).contains(source).contains(SERVICES.get(name));
            assertThat(source.lines().count()).as(name).isLessThan(65);
        }
    }

    @Test
    void aJarOfThemIsUsedLikeWhatIsBuiltIn() throws IOException, InterruptedException {
        var jar = jar();
        var lines = run(
                jar,
                "task",
                "colours",
                "--policies",
                "full,recent-only,pages:digest=mean-of-halves",
                "--lengths",
                "300",
                "--samples",
                "1",
                "--budgets",
                "256",
                "--format",
                "csv",
                ChildProcess.THEN,
                "attention",
                "--measure",
                "digests",
                "--digests",
                "centroid,mean-of-halves",
                "--filler",
                "300",
                "--tokens",
                "4",
                "--format",
                "csv");
        assertThat(lines).hasSizeGreaterThan(5);
        assertThat(lines.get(0)).contains(",answer_characters,");
        assertThat(lines.get(2)).startsWith("colours,recent-only,256,");
        assertThat(lines.get(3)).startsWith("colours,pages:digest=mean-of-halves,256,");
        var digests = String.join("\n", lines.subList(4, lines.size()));
        assertThat(digests).contains(",centroid,1,").contains(",mean-of-halves,1,");
    }

    private List<String> run(Path jar, String... arguments) throws IOException, InterruptedException {
        var out = directory.resolve("out").toFile();
        var err = directory.resolve("err").toFile();
        var exit = ChildProcess.of(List.of(jar), arguments)
                .redirectOutput(out)
                .redirectError(err)
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(err.toPath())).isZero();
        return Files.readAllLines(out.toPath());
    }

    /** Compiles the examples as a user would, and packs them. */
    private Path jar() throws IOException {
        var classes = Files.createDirectory(directory.resolve("classes"));
        var words = Stream.concat(
                Stream.of("-d", classes.toString(), "-proc:none", "-classpath", ChildProcess.classPath()),
                SERVICES.keySet().stream()
                        .map(name -> SOURCES.resolve(name + ".java").toString()));
        var compiler = ToolProvider.findFirst("javac").orElseThrow();
        assertThat(compiler.run(System.out, System.err, words.toArray(String[]::new)))
                .isZero();
        var jar = directory.resolve("plugin.jar");
        try (var stream = new JarOutputStream(Files.newOutputStream(jar));
                var compiled = Files.walk(classes)) {
            for (var file : compiled.filter(Files::isRegularFile).toList()) {
                entry(stream, classes.relativize(file).toString(), Files.readAllBytes(file));
            }
            for (var service : SERVICES.entrySet()) {
                entry(
                        stream,
                        "META-INF/services/" + service.getValue(),
                        ("example." + service.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private static void entry(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(content);
        jar.closeEntry();
    }
}
