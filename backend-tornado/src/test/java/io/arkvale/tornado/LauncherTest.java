package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher makes of an SDK: a distribution with a JDK whose {@code java} writes down how it is called. */
class LauncherTest {
    private static final String LIST = """
            # === Module system ===
            -XX:+EnableJVMCI
            -Djava.library.path=HOME/lib

            --module-path .:HOME/share/java/tornado
            --upgrade-module-path HOME/share/java/graalJars
            --add-modules ALL-SYSTEM,tornado.runtime
            """;

    @TempDir
    Path folder;

    private Path home;
    private Path sdk;

    @BeforeEach
    void unpack() throws IOException {
        var launcher = Path.of("..", "arkvale");
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")) || Files.isExecutable(Path.of("/usr/bin/bash")), "no bash");
        home = Files.createDirectories(folder.resolve("distribution"));
        Files.copy(launcher, home.resolve("arkvale"));
        Files.createDirectories(home.resolve("lib"));
        var jdk = Files.createDirectories(folder.resolve("jdk"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        var java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\" >&4\n"); // results go to file 4
        assertThat(java.toFile().setExecutable(true)).isTrue();
        sdk = Files.createDirectories(folder.resolve("an SDK"));
    }

    @Test
    void anSdkWithASpaceInItsPathIsUsed() throws Exception {
        jars("5.2.0-jdk25");
        list("tornado-argfile.template", "${TORNADOVM_HOME}");
        requireOptions();
    }

    @Test
    void anSdkWithoutATemplateIsUsed() throws Exception {
        jars("5.2.0-jdk25");
        list("tornado-argfile", sdk.toString());
        requireOptions();
    }

    @Test
    void anSdkThatWasMovedIsUsedWhereItIsNow() throws Exception {
        jars("5.2.0-jdk25");
        list("tornado-argfile", "/somewhere/else");
        assertThat(requireOptions()).noneMatch(option -> option.contains("/somewhere/else"));
    }

    @Test
    void anSdkWithoutItsListOfOptionsIsRefused() throws Exception {
        jars("5.2.0-jdk25");
        requireRefusal("tornado-argfile.template");
    }

    @Test
    void aListOfOptionsWithoutJarsIsRefused() throws Exception {
        list("tornado-argfile", sdk.toString());
        requireRefusal("lacks TornadoVM's jars in share/java/tornado");
    }

    @Test
    void aListOfOptionsWithoutTheCompilersJarsIsRefused() throws Exception {
        jars("5.2.0-jdk25");
        list("tornado-argfile", sdk.toString());
        Files.delete(sdk.resolve("share/java/graalJars"));
        requireRefusal("lacks its compiler's jars in share/java/graalJars");
    }

    @Test
    void anSdkForAnotherJdkIsRefused() throws Exception {
        jars("5.2.0-jdk21");
        list("tornado-argfile.template", "${TORNADOVM_HOME}");
        requireRefusal("is for another JDK: it has tornado-api-5.2.0-jdk21.jar");
    }

    private void jars(String version) throws IOException {
        Files.createDirectories(sdk.resolve("share/java/graalJars"));
        var jars = Files.createDirectories(sdk.resolve("share/java/tornado"));
        Files.createFile(jars.resolve("tornado-api-" + version + ".jar"));
    }

    private void list(String name, String path) throws IOException {
        Files.writeString(sdk.resolve(name), LIST.replace("HOME", path));
    }

    private List<String> requireOptions() throws Exception {
        var called = run();
        assertThat(called.status).as(called.errors).isZero();
        assertThat(called.output)
                .containsSequence("--upgrade-module-path", sdk + "/share/java/graalJars")
                .containsSequence("--add-modules", "ALL-SYSTEM,tornado.runtime")
                .containsSequence("--module-path", home + "/lib:" + sdk + "/share/java/tornado")
                .contains("-Djava.library.path=" + home + "/lib/native:" + sdk + "/lib")
                .contains("-XX:+EnableJVMCI", "-Dtornado.recover.bailout=False")
                .containsOnlyOnce("--module-path")
                .endsWith("backends");
        return called.output;
    }

    private void requireRefusal(String reason) throws Exception {
        var called = run();
        assertThat(called.status).isEqualTo(2);
        assertThat(called.output).isEmpty();
        assertThat(called.errors).contains(sdk.toString()).contains(reason);
    }

    private static final class Called {
        final int status;
        final List<String> output;
        final String errors;

        Called(int status, List<String> output, String errors) {
            this.status = status;
            this.output = output;
            this.errors = errors;
        }
    }

    private Called run() throws Exception {
        var errors = folder.resolve("errors");
        var builder = new ProcessBuilder("bash", home.resolve("arkvale").toString(), "backends")
                .redirectError(errors.toFile());
        builder.environment().put("TORNADOVM_HOME", sdk.toString());
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().remove("ARKVALE_JAVA_OPTS");
        var process = builder.start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        return new Called(status, output.lines().toList(), Files.readString(errors));
    }
}
