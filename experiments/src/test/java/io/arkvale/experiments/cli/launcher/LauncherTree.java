package io.arkvale.experiments.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A machine of its own for the launcher: a source checkout with one source, a JDK and a Maven that are scripts, a search path
 * with chosen tools, and an empty home. Places of the real machine that the launcher looks at are moved below it.
 */
final class LauncherTree {
    /** What the launcher calls, beside Java and Maven; those that are not here are left out. */
    private static final List<String> TOOLS = List.of(
            "awk",
            "bash",
            "cat",
            "cksum",
            "cut",
            "dirname",
            "du",
            "env",
            "find",
            "grep",
            "head",
            "locale",
            "mkdir",
            "mktemp",
            "mv",
            "readlink",
            "rm",
            "rmdir",
            "sh",
            "sleep",
            "sort",
            "touch",
            "uname");

    /** What it calls one of. */
    private static final List<String> LOCKERS = List.of("flock", "perl");

    /** A folder of links to the tools, which all trees share. */
    private static final Path SHARED = Path.of("target", "launcher-tools").toAbsolutePath();

    private static final Path LAUNCHER = Path.of("..", "arkvale");
    private static final Path BUILD = Path.of("dist", "src", "main", "launcher", "build.bash");

    private final Path machine;
    private final Path checkout;

    /**
     * Lays it out.
     *
     * @param machine an empty folder
     * @param name of the checkout's folder below it
     */
    LauncherTree(Path machine, String name) throws IOException {
        this.machine = machine;
        this.checkout = machine.resolve(name);
        var launcher = Files.readString(LAUNCHER);
        for (var place : List.of("/usr/lib/jvm", "/Library/Java", "/opt/homebrew", "/etc/os-release")) {
            assertThat(launcher).as("the launcher looks at " + place).contains(place);
            launcher = launcher.replaceAll("(?<=[\\s{<])" + place, machine + place);
        }
        script(checkout.resolve("arkvale"), launcher);
        write(checkout.resolve(BUILD), Files.readString(Path.of("..").resolve(BUILD)));
        write(checkout.resolve("pom.xml"), "<project/>");
        write(checkout.resolve("core/pom.xml"), "<project/>");
        write(checkout.resolve("backend-tornado/src/tornado/Kernel.java"), "kernel");
        write(source(), "first");
        Files.createDirectories(home());
        Files.createDirectories(SHARED);
        for (var tool : TOOLS) {
            var link = SHARED.resolve(tool);
            var file = real(tool);
            if (Files.exists(file) && !Files.exists(link)) {
                Files.createSymbolicLink(link, file);
            }
        }
        for (var tool : LOCKERS) {
            if (Files.exists(real(tool))) {
                tool(tool, "#!/bin/sh\nexec " + real(tool) + " \"$@\"\n");
            }
        }
    }

    private static Path real(String tool) {
        var file = Path.of("/bin", tool);
        return Files.exists(file) ? file : Path.of("/usr/bin", tool);
    }

    /** Adds a JDK whose Java prints its arguments, a line for each. */
    LauncherTree withJdk() throws IOException {
        var jdk = machine.resolve("usr/lib/jvm/jdk-25");
        write(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        script(jdk.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\" >&4\n"); // see StandardOutput
        script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        return this;
    }

    /** Adds a Maven: it notes each build, is not to run twice at once, waits while it is held, and fails where it is told to. */
    LauncherTree withMaven() throws IOException {
        tool("mvn", """
                #!/usr/bin/env bash
                set -e
                target=$PWD/dist/target
                echo build >>"$target/builds"
                mkdir "$target/busy" || { echo "[ERROR] two builds at once"; exit 1; }
                trap 'rmdir "$target/busy"' EXIT
                rm -f "$target"/arkvale-*.tar.gz
                mkdir -p "$target/lib"
                while [[ -e $PWD/hold ]]; do sleep 0.1; done
                if [[ -e $PWD/fail ]]; then echo "[ERROR] told to fail"; exit 1; fi
                touch "$target/arkvale-1.tar.gz"
                """);
        return this;
    }

    /** Adds a tool to the search path. */
    LauncherTree tool(String name, String text) throws IOException {
        script(machine.resolve("bin").resolve(name), text);
        return this;
    }

    /** Takes a tool from the search path. */
    LauncherTree without(String... names) throws IOException {
        for (var name : names) {
            Files.deleteIfExists(machine.resolve("bin").resolve(name));
        }
        return this;
    }

    /** Writes a file of the machine, whose path is given from its root. */
    LauncherTree file(String path, String text) throws IOException {
        write(machine.resolve(path), text);
        return this;
    }

    Path checkout() {
        return checkout;
    }

    /** A source of the checkout. */
    Path source() {
        return checkout.resolve("core/src/main/Source.java");
    }

    Path home() {
        return machine.resolve("home");
    }

    /** How often Maven has run. */
    long builds() throws IOException {
        var builds = checkout.resolve("dist/target/builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    /** Starts the launcher, and does not wait. */
    Call start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** The same with more variables. */
    Call start(Map<String, String> variables, String... arguments) throws IOException {
        var words = new ArrayList<>(List.of(checkout.resolve("arkvale").toString()));
        words.addAll(Arrays.asList(arguments));
        return startWords(variables, words);
    }

    /** Runs words of one's own, as a shell on this machine would. */
    Call startWords(Map<String, String> variables, List<String> words) throws IOException {
        var out = Files.createTempFile(machine, "out", "");
        var err = Files.createTempFile(machine, "err", "");
        var builder = new ProcessBuilder(words)
                .directory(Files.createDirectories(machine.resolve("work")).toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        var environment = builder.environment();
        environment.clear();
        environment.put("HOME", home().toString());
        environment.put("PATH", machine.resolve("bin") + ":" + SHARED);
        environment.put(
                "TMPDIR", Files.createDirectories(machine.resolve("tmp")).toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.putAll(variables);
        return new Call(builder.start(), out, err);
    }

    /** A launcher that runs, or has run. */
    record Call(Process process, Path out, Path err) {
        /** Waits for its end, and for the filter of its standard error, which ends after it. */
        Ended end() throws IOException, InterruptedException {
            var others = new HashSet<ProcessHandle>();
            while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(others::add);
            }
            long most = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            while (others.stream().anyMatch(Call::isRunning) && System.nanoTime() < most) {
                Thread.sleep(1);
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        }

        /** One that has ended and that nobody has asked about yet is alive to Java, but has no command any more. */
        private static boolean isRunning(ProcessHandle other) {
            return other.isAlive() && other.info().command().isPresent();
        }
    }

    /** Its exit code and what it wrote. */
    record Ended(int exit, String out, String err) {}

    private static void script(Path file, String text) throws IOException {
        write(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
