package io.arkvale.experiments.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher says on systems where something is missing, and where it cannot run. */
class SystemsTest {
    @TempDir
    private Path machine = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ID=debian;VERSION_ID="13"                  | apt-get install openjdk-25-jdk maven
            ID=debian;                                 | apt-get install openjdk-25-jdk maven
            ID=ubuntu;ID_LIKE=debian;VERSION_ID="24.04" | apt-get install openjdk-25-jdk maven
            ID=linuxmint;ID_LIKE="ubuntu debian";       | apt-get install openjdk-25-jdk maven
            ID=fedora;VERSION_ID=43                     | dnf install java-25-openjdk-devel maven
            ID="rhel";ID_LIKE="fedora"                  | dnf install java-25-openjdk-devel maven
            ID=debian;VERSION_ID="12"                   | install SDKMAN (https://sdkman.io), then: cd
            ID=arch                                     | install SDKMAN (https://sdkman.io), then: cd
            """)
    void withoutJdkAndMavenTheCommandOfTheSystemIsNamed(String release, String command)
            throws IOException, InterruptedException {
        var end = new LauncherTree(machine, "checkout")
                .file("etc/os-release", release.replace(';', '\n') + "\n")
                .start("passkey")
                .end();
        assertThat(end.exit()).isEqualTo(2);
        assertThat(end.out()).isEmpty();
        assertThat(end.err())
                .startsWith("arkvale: needs a JDK 25 and found none")
                .contains(command)
                .hasLineCount(1);
    }

    @Test
    void homebrewIsNamedOnMacOs() throws IOException, InterruptedException {
        var tree = new LauncherTree(machine, "checkout")
                .tool("uname", "#!/bin/sh\necho Darwin\n")
                .tool("brew", "#!/bin/sh\n");
        assertThat(tree.start("passkey").end().err()).endsWith("To install it: brew install openjdk@25 maven\n");
        tree.without("brew");
        assertThat(tree.start("passkey").end().err()).contains("install SDKMAN (https://sdkman.io), then: cd");
    }

    @Test
    void sdkmanIsNamedWhereItIs() throws IOException, InterruptedException {
        var end = new LauncherTree(machine, "check out")
                .file("etc/os-release", "ID=debian\n")
                .file("home/.sdkman/bin/sdkman-init.sh", "#")
                .start("passkey")
                .end();
        assertThat(end.err()).contains("To install it: cd ").endsWith("check\\ out && sdk env install\n");
    }

    @Test
    void onlyWhatIsMissingIsInstalled() throws IOException, InterruptedException {
        var tree = new LauncherTree(machine, "checkout").file("etc/os-release", "ID=fedora\n");
        tree.withMaven();
        assertThat(tree.start("passkey").end().err()).endsWith("dnf install java-25-openjdk-devel\n");
        tree.without("mvn").withJdk();
        assertThat(tree.start("passkey").end().err())
                .contains("needs Maven 3.8 or later")
                .endsWith("dnf install maven\n");
    }

    @Test
    void aJdkOfHomebrewIsFound() throws IOException, InterruptedException {
        var tree = new LauncherTree(machine, "checkout").withMaven();
        tree.file("opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home/release", "JAVA_VERSION=\"25\"\n");
        for (var tool : List.of("java", "javac")) {
            var path = "opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home/bin/" + tool;
            assertThat(tree.file(path, "#!/bin/sh\n") == tree
                            && machine.resolve(path).toFile().setExecutable(true))
                    .isTrue();
        }
        assertThat(tree.start("passkey").end().exit()).isZero();
    }

    @Test
    void aPathWithAColonIsRefusedWithTheReason() throws IOException, InterruptedException {
        var end = new LauncherTree(machine, "a:b")
                .withJdk()
                .withMaven()
                .start("passkey")
                .end();
        assertThat(end.exit()).isEqualTo(2);
        assertThat(end.err()).contains("a:b").contains("a colon").hasLineCount(1);
        var tree =
                new LauncherTree(machine.resolve("other"), "checkout").withJdk().withMaven();
        for (var variable : List.of("TORNADOVM_HOME", "ARKVALE_PLUGINS")) {
            var refused = tree.start(Map.of(variable, "/a:b"), "passkey").end();
            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.err()).contains(variable + " is /a:b").contains("a colon");
        }
    }

    @Test
    void anotherShellSaysThatBashIsNeeded() throws IOException, InterruptedException {
        var dash = Path.of("/usr/bin/dash");
        assumeTrue(Files.exists(dash), "no dash");
        var tree = new LauncherTree(machine, "checkout").withJdk().withMaven();
        var script = tree.checkout().resolve("arkvale").toString();
        var end = tree.startWords(Map.of(), List.of(dash.toString(), script, "passkey"))
                .end();
        assertThat(end.exit()).isEqualTo(2);
        assertThat(end.err()).startsWith("arkvale: this script is for bash").hasLineCount(1);
    }

    @Test
    void bashUnderTheNameOfShWorks() throws IOException, InterruptedException {
        var tree = new LauncherTree(machine, "checkout").withJdk().withMaven();
        var words = List.of(
                "/bin/bash", "--posix", tree.checkout().resolve("arkvale").toString(), "passkey");
        var end = tree.startWords(Map.of(), words).end();
        assertThat(end.exit()).as(end.err()).isZero();
        assertThat(end.out()).endsWith("passkey\n");
    }

    @Test
    void whereNoLocaleHasUtf8LettersOutsideAsciiAreRefused() throws IOException, InterruptedException {
        var tree = new LauncherTree(machine, "checkout")
                .withJdk()
                .withMaven()
                .tool("locale", "#!/bin/sh\necho ANSI_X3.4-1968\n");
        assertThat(tree.start("generate", "--prompt", "plain").end().exit()).isZero();
        var end = tree.start("generate", "--prompt", "Grüße").end();
        assertThat(end.exit()).isEqualTo(2);
        assertThat(end.err()).contains("letters outside ASCII").contains("install C.UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"'', ParallelGC", "-XX:+UseZGC, ZGC"})
    void withTornadoVmThereIsStillOneCollectorAndTheUsersOwnGoesFirst(String options, String collector)
            throws IOException, InterruptedException {
        var tree = new LauncherTree(machine, "checkout")
                .withJdk()
                .withMaven()
                .file("sdk/share/java/tornado/tornado-api-5-jdk25.jar", "")
                .file("sdk/tornado-argfile.template", "-XX:+UseParallelGC\n-Dlisted=yes\n");
        var sdk = machine.resolve("sdk").toString();
        var end = tree.start(Map.of("TORNADOVM_HOME", sdk, "ARKVALE_JAVA_OPTS", options), "policies")
                .end();
        assertThat(end.out().lines())
                .contains("-Dlisted=yes")
                .filteredOn(argument -> argument.endsWith("GC"))
                .containsExactly("-XX:+Use" + collector);
    }
}
