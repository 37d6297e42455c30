package io.arkvale.experiments.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.cli.launcher.LauncherTree.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a source checkout the launcher builds when it must, once, and one call at a time. */
class BuildTest {
    @TempDir
    private Path machine = Path.of("");

    private LauncherTree tree;

    @BeforeEach
    void layOut() throws IOException {
        tree = new LauncherTree(machine, "checkout").withJdk().withMaven();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flock", "perl"})
    void ofCallsAtOnceOneBuildsAndTheOthersWait(String locker) throws IOException, InterruptedException {
        tree.without(locker.equals("flock") ? "perl" : "flock");
        var hold = Files.createFile(tree.checkout().resolve("hold"));
        var calls = List.of(tree.start("--version"), tree.start("--version"), tree.start("--version"));
        while (waiting(calls) < 2
                && calls.stream().allMatch(call -> call.process().isAlive())) {
            Thread.onSpinWait();
        }
        assertThat(waiting(calls)).isEqualTo(2);
        Files.delete(hold);
        for (var call : calls) {
            var end = call.end();
            assertThat(end.exit()).as(end.err()).isZero();
        }
        assertThat(tree.builds()).isEqualTo(1);
    }

    private static long waiting(List<Call> calls) throws IOException {
        var waiting = 0;
        for (var call : calls) {
            if (Files.readString(call.err()).contains("another call is building; waiting")) {
                waiting++;
            }
        }
        return waiting;
    }

    @Test
    void whatIsBuiltIsBuiltAgainWhenASourceChanges() throws IOException, InterruptedException {
        run(1);
        run(1);
        Files.writeString(tree.source(), "second");
        Files.setLastModifiedTime(tree.source(), FileTime.from(Instant.now().plusSeconds(2)));
        run(2);
        run(2);
        Files.delete(tree.source());
        run(3);
    }

    @Test
    void sourcesDatedInTheFutureAreBuiltOnce() throws IOException, InterruptedException {
        var future = FileTime.from(Instant.now().plus(Duration.ofDays(400)));
        Files.setLastModifiedTime(tree.source(), future);
        run(1);
        run(1);
        Files.writeString(tree.source(), "second");
        Files.setLastModifiedTime(tree.source(), future);
        run(2);
        run(2);
    }

    @Test
    void aBuildByHandBetweenIsNotTakenForTheLastOneHere() throws IOException, InterruptedException {
        var future = FileTime.from(Instant.now().plus(Duration.ofDays(400)));
        Files.setLastModifiedTime(tree.source(), future);
        run(1);
        // Other sources were built by hand, then the first ones came back.
        Files.setLastModifiedTime(
                tree.checkout().resolve("dist/target/arkvale-1.tar.gz"),
                FileTime.from(Instant.now().plusSeconds(2)));
        run(2);
    }

    @Test
    void aBuildThatFailedHalfwayIsNotTakenForAWholeOne() throws IOException, InterruptedException {
        var stop = Files.writeString(tree.checkout().resolve("fail"), "");
        var failed = tree.start("--version").end();
        assertThat(failed.exit()).isEqualTo(2);
        assertThat(failed.err()).contains("arkvale: the build failed").contains("[ERROR] told to fail");
        assertThat(tree.checkout().resolve("dist/target/lib")).exists();
        Files.delete(stop);
        run(2);
        run(2);
    }

    @Test
    void aJdkWithoutACompilerIsRefused() throws IOException, InterruptedException {
        Files.delete(machine.resolve("usr/lib/jvm/jdk-25/bin/javac"));
        var end = tree.start("--version").end();
        assertThat(end.exit()).isEqualTo(2);
        assertThat(end.err()).contains("needs a compiler").contains("jdk-25");
    }

    private void run(int builds) throws IOException, InterruptedException {
        var end = tree.start("--version").end();
        assertThat(end.exit()).as(end.err()).isZero();
        assertThat(tree.builds()).isEqualTo(builds);
    }
}
