package io.arkvale.experiments.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.cli.launcher.LauncherTree.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the launcher starts a real Java: a packed distribution in a folder with blanks and an umlaut, whose program prints what
 * reached it.
 */
class VirtualMachineTest {
    private static final String PROGRAM = """
            package io.arkvale.experiments.cli;

            import io.arkvale.experiments.cli.terminal.*;
            import java.io.PrintStream;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.*;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    StandardError.takeBack();
                    var out = new PrintStream(StandardOutput.open(), true, StandardCharsets.UTF_8);
                    if (arguments[0].equals("generate")) {
                        new Opened(Path.of("")).hashCode();
                        Files.createFile(Path.of(System.getProperty("arkvale.home"), "trained"));
                        return;
                    }
                    System.err.println("error");
                    for (var argument : arguments) {
                        out.println(argument);
                    }
                    var file = Path.of("/proc/self/fd/2");
                    if (Files.exists(file)) {
                        out.println("standard error is " + file.toRealPath());
                    }
                    if (arguments[0].equals("crash")) {
                        var self = Long.toString(ProcessHandle.current().pid());
                        new ProcessBuilder("sh", "-c", "kill -SEGV " + self).start().waitFor();
                        Thread.sleep(60_000);
                    }
                    out.println(new Opened(Path.of(arguments[1])).text());
                }
            }

            /** A second class of the package. */
            record Opened(Path path) {
                String text() throws Exception {
                    return Files.readString(path);
                }
            }
            """;

    @TempDir
    private static Path machine = Path.of("");

    private static LauncherTree tree;
    private static LauncherTree ascii;

    @BeforeAll
    static void layOut() throws IOException {
        tree = distribution("Größe und Maß");
        ascii = distribution("plain");
        tree.file("work/Tür", "opened");
        tree.file("src/module-info.java", "module io.arkvale.experiments { requires jdk.incubator.vector; }");
        tree.file("src/io/arkvale/experiments/cli/Main.java", PROGRAM);
        var sources = machine.resolve("src");
        var classes = machine.resolve("classes").toString();
        run(
                "javac",
                "-d",
                classes,
                "-proc:none",
                sources.resolve("module-info.java").toString(),
                sources.resolve("io/arkvale/experiments/cli/Main.java").toString(),
                "src/main/java/io/arkvale/experiments/cli/terminal/StandardError.java",
                "src/main/java/io/arkvale/experiments/cli/terminal/StandardOutput.java");
        // Sealed, as jars of libraries are: their classes must all be seen to come from one place.
        tree.file("manifest", "Sealed: true\n");
        var manifest = machine.resolve("manifest").toString();
        for (var distribution : List.of(tree, ascii)) {
            var lib = Files.createDirectories(distribution.checkout().resolve("lib"));
            run("jar", "-c", "-f", lib.resolve("program.jar").toString(), "-m", manifest, "-C", classes, ".");
        }
    }

    private static LauncherTree distribution(String name) throws IOException {
        var made = new LauncherTree(machine, name);
        Files.delete(made.checkout().resolve("pom.xml"));
        return made;
    }

    private static void run(String tool, String... arguments) {
        assertThat(ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments))
                .isZero();
    }

    @Test
    void inTheCLocaleArgumentsAndFilesOutsideAsciiArriveWhole() throws IOException, InterruptedException {
        for (var locale : List.of("C", "xx_YY.UTF-8")) {
            var end = run(Map.of("LC_ALL", locale), "Grüße aus 東京", "Tür");
            assertThat(end.exit()).as(locale + ": " + end.err()).isZero();
            assertThat(end.out()).contains("Grüße aus 東京\n").endsWith("opened\n");
        }
    }

    @Test
    void theRunThatArchivesClassesIsAWholeOneAndTheOnlyOne() throws IOException, InterruptedException {
        for (var i = 0; i < 2; i++) {
            assertThat(run(ascii, Map.of(), "plain", "Tür").exit()).isZero();
            assertThat(ascii.checkout().resolve("trained")).exists();
            assertThat(archives(ascii)).singleElement().asString().endsWith(".jsa");
        }
        // There, Java would take archived classes for those of another jar.
        assertThat(run(Map.of(), "plain", "Tür").exit()).isZero();
        assertThat(archives(tree)).isEmpty();
    }

    private static List<String> archives(LauncherTree distribution) throws IOException {
        try (var files = Files.list(distribution.checkout())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("classes-"))
                    .toList();
        }
    }

    @Test
    void theWarningOfIncubatorModulesIsLeftOutAndOthersAreNot() throws IOException, InterruptedException {
        var end = run(Map.of("ARKVALE_JAVA_OPTS", "--add-exports=nothing/here=everyone"), "plain", "Tür");
        assertThat(end.exit()).isZero();
        assertThat(end.err())
                .doesNotContain("incubator")
                .contains("WARNING: Unknown module: nothing specified to --add-exports")
                .endsWith("error\n");
    }

    @Test
    void theProgramHasStandardErrorItself() throws IOException, InterruptedException {
        var call = tree.start(Map.of("JAVA_HOME", System.getProperty("java.home")), "plain", "Tür");
        var out = call.end().out();
        if (Files.exists(Path.of("/proc/self/fd/2"))) {
            assertThat(out).contains("standard error is " + call.err().toRealPath() + "\n");
        } else {
            assertThat(out).endsWith("opened\n");
        }
    }

    @Test
    void whatTheVirtualMachineDoesNotStartForGoesToStandardError() throws IOException, InterruptedException {
        var start = run(Map.of("ARKVALE_JAVA_OPTS", "-Xmx1k"), "plain", "Tür");
        assertThat(start.exit()).isEqualTo(1);
        assertThat(start.out()).isEmpty();
        assertThat(start.err()).contains("Too small maximum heap");
    }

    @Test
    void aCrashIsToldOnStandardErrorAndLeavesItsReportAmongTemporaryFiles() throws IOException, InterruptedException {
        var crash = run(Map.of("ARKVALE_JAVA_OPTS", "-XX:-CreateCoredumpOnCrash"), "crash", "Tür");
        assertThat(crash.exit()).isNotZero();
        assertThat(crash.out()).startsWith("crash\nTür\n").doesNotContain("#");
        assertThat(crash.err()).contains("# A fatal error").contains("arkvale-crash-");
        try (var left = Files.list(machine.resolve("work"))) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly("Tür");
        }
        try (var reports = Files.list(machine.resolve("tmp"))) {
            assertThat(reports.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.matches("arkvale-crash-\\d+\\.log"));
        }
    }

    private static Ended run(Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        return run(tree, variables, arguments);
    }

    private static Ended run(LauncherTree distribution, Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        var all = new HashMap<>(variables);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        return distribution.start(all, arguments).end();
    }
}
