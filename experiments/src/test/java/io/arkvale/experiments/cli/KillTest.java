package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep that is killed again and again loses nothing that it had written, and measures nothing twice. */
@Tag("thorough")
class KillTest {
    /** Kills; {@code -Darkvale.kills=50} for a long run. */
    private static final int KILLS = Integer.getInteger("arkvale.kills", 2);

    /** Bytes of an observation, about: where in the next ones a kill falls is drawn at random. */
    private static final int OBSERVATION = 1000;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void killsLoseAndDoubleNothing() throws IOException, InterruptedException {
        var sweep =
                Files.writeString(directory.resolve("sweep.json"), """
                {"common": {"policies": ["full", "tova"], "budgets": 64, "threads": 1,
                            "model": "../models/needle-5m"},
                 "experiments": {"first": {"command": "passkey", "lengths": 200, "samples": SAMPLES},
                                 "second": {"command": "variables", "lengths": 200, "samples": 2, "hops": 1}}}
                """.replace("SAMPLES", Integer.toString(4 + KILLS)));
        var whole = sweep(sweep, "whole");
        assertThat(whole.waitFor())
                .as(Files.readString(directory.resolve("err")))
                .isZero();
        var killed = directory.resolve("killed");
        var file = killed.resolve(Notebook.FILE);
        var random = new Random(7);
        var seen = new ArrayList<Observation>();
        var kills = 0;
        for (var more = true; more; ) {
            var process = sweep(sweep, "killed");
            var target = (Files.exists(file) ? Files.size(file) : 0) + random.nextInt(2 * OBSERVATION);
            while (!process.waitFor(2, TimeUnit.MILLISECONDS)) {
                if (kills < KILLS && Files.exists(file) && Files.size(file) >= target) {
                    process.destroyForcibly().waitFor();
                    kills++;
                }
            }
            more = process.exitValue() != 0;
            if (more) {
                assertThat(process.exitValue())
                        .as(Files.readString(directory.resolve("err")))
                        .isEqualTo(128 + 9);
                // All that was there before is there still, unchanged and in place.
                var now = List.copyOf(Notebook.read(killed, message -> {}).observations());
                assertThat(now.subList(0, seen.size())).isEqualTo(seen);
                seen.clear();
                seen.addAll(now);
            }
        }
        assertThat(kills).isEqualTo(KILLS);
        var messages = new ArrayList<String>();
        var observations = Notebook.read(killed, messages::add).observations();
        assertThat(messages).isEmpty();
        // Reading refuses a doubled place; so the same number of the same answers is exactly the same.
        assertThat(observations)
                .containsExactlyInAnyOrderElementsOf(
                        Notebook.read(directory.resolve("whole"), messages::add).observations());
        assertThat(killed.resolve("sweep.json"))
                .hasContent(Files.readString(directory.resolve("whole").resolve("sweep.json")));
    }

    private Process sweep(Path file, String out) throws IOException {
        return ChildProcess.of(
                        List.of(),
                        "sweep",
                        file.toString(),
                        "--out",
                        directory.resolve(out).toString())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }
}
