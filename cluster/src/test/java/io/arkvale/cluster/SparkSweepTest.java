package io.arkvale.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same file on Spark and without it. {@code cluster/measure/compare} does the same with a cluster that loses a worker. */
class SparkSweepTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void sparkObservesWhatThisMachineDoes() throws IOException {
        var file = Files.writeString(directory.resolve("sweep.json"), """
                {"common": {"lengths": 200, "budgets": 64, "samples": 2, "policies": ["full", "tova"],
                            "model": "../models/needle-5m"},
                 "experiments": {"first": {"command": "passkey"}, "second": {"command": "variables", "hops": 1}}}
                """).toString();
        assertThat(sweep(file, "here")).contains("measured 8 observations");
        assertThat(sweep(file, "spark", "--spark", "local[2]")).contains("measured 8 observations");
        assertThat(lines("spark")).hasSize(1 + 8).containsExactlyInAnyOrderElementsOf(lines("here"));
        assertThat(directory.resolve("spark").resolve("sweep.json"))
                .hasContent(Files.readString(directory.resolve("here").resolve("sweep.json")));
        // What Spark has measured is not measured again, by whichever way.
        assertThat(sweep(file, "spark")).contains("first: done before", "second: done before");
    }

    private List<String> lines(String out) throws IOException {
        return Files.readAllLines(directory.resolve(out).resolve("observations.jsonl"));
    }

    private String sweep(String file, String out, String... more) {
        var words = new ArrayList<>(
                List.of("sweep", file, "--out", directory.resolve(out).toString()));
        words.addAll(List.of(more));
        var run = CommandRun.of(words.toArray(String[]::new));
        assertThat(run.exit()).as(run.said()).isZero();
        return run.said();
    }
}
