package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartCommandTest {
    private static final String PASSKEYS = Path.of("results", "passkey.csv").toString();
    private static final String SWEEP = Path.of("results", "laboratory.csv").toString();

    private static final String FRONTIER =
            Path.of("results", "digest-frontier-5m.csv").toString();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void recallGivesALightAndADarkPicture() throws IOException {
        var run = Run.of("chart", "recall", PASSKEYS, "--out", directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readString(directory.resolve("recall-light.svg"))).contains("#ffffff", "streaming-llm");
        assertThat(Files.readString(directory.resolve("recall-dark.svg")))
                .contains("#0d1117")
                .doesNotContain("#ffffff");
    }

    @Test
    void aLeaderboardGivesChartsAndATable() throws IOException {
        var run = Run.of("chart", "leaderboard", SWEEP, "--budget", "2048", "--out", directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("read_mib_per_step").contains("\noracle ");
        assertThat(directory.resolve("leaderboard.csv")).exists();
        for (var name : new String[] {"leaderboard-device-light", "leaderboard-read-dark"}) {
            assertThat(Files.readString(directory.resolve(name + ".svg")))
                    .contains("budget 2048", ">oracle<", ">full<")
                    .hasSizeLessThan(40_000);
        }
    }

    @Test
    void aFrontierGivesAChartPerNumberOfChoices() throws IOException {
        var run = Run.of("chart", "frontier", FRONTIER, "--out", directory.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        for (var name : new String[] {"frontier-1-light", "frontier-2-dark"}) {
            assertThat(Files.readString(directory.resolve(name + ".svg")))
                    .contains("needle-5m", "budget 512", "cuboid-max", "bits per channel");
        }
        assertRefused(
                Run.of("chart", "frontier", FRONTIER, "--budget", "7", "--out", directory.toString()),
                "it has the budgets 512, 1024, not 7");
    }

    @Test
    void anotherTableIsRefusedInASentence() throws IOException {
        assertRefused(Run.of("chart", "leaderboard", PASSKEYS, "--out", directory.toString()), "experiment");
        assertRefused(
                Run.of("chart", "leaderboard", SWEEP, "--budget", "7", "--out", directory.toString()),
                "budgets there: [256, 512, 1024, 2048]");
        assertRefused(Run.of("chart", "recall", "none.csv", "--out", directory.toString()), "none.csv does not exist");
        var empty = Files.writeString(directory.resolve("empty.csv"), "");
        assertRefused(Run.of("chart", "recall", empty.toString(), "--out", directory.toString()), "empty.csv");
        var foreign = Files.writeString(directory.resolve("foreign.csv"), "a,b\n1,2\n");
        assertRefused(Run.of("chart", "recall", foreign.toString(), "--out", directory.toString()), "foreign.csv");
        var unscored = Files.writeString(
                directory.resolve("unscored.csv"), "task,policy,budget,length,score\nneedles,full,512,8192,1\n");
        assertRefused(
                Run.of("chart", "scores", unscored.toString(), "--out", directory.toString()),
                "no row has the columns of this chart");
    }

    private static void assertRefused(Run run, String words) {
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(words);
        assertThat(run.err().lines().filter(line -> !line.startsWith("WARNING")))
                .hasSize(1);
    }
}
