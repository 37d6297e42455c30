package io.arkvale.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark shows the cells that are shown without it: the same rows, in the same order, to the last digit. */
class SparkResultsTest {
    @TempDir
    private Path directory = Path.of("");

    private String data() {
        return directory.toString();
    }

    @BeforeEach
    void observe() {
        var random = new SplittableRandom(5);
        try (var notebook = Notebook.open(directory, message -> {})) {
            for (int text = 0; text < 30; text++) {
                var observations = new ArrayList<Observation>();
                for (int cell = 0; cell < 40; cell++) {
                    // Answers that are right or wrong, answers of parts, and blocks of two texts.
                    var kind = cell % 3;
                    observations.add(observation(
                            cell,
                            kind == 2 ? "text " + text % 2 : "text " + text,
                            kind == 2 ? text / 2 : 0,
                            kind == 2 ? "perplexity" : "question-after",
                            kind == 0 ? random.nextInt(2) : random.nextDouble(),
                            random.nextDouble()));
                }
                notebook.add(observations);
            }
        }
    }

    private static Observation observation(
            int cell, String episode, int question, String protocol, double score, double held) {
        return new Observation(
                "cell " + cell,
                episode,
                question,
                protocol.equals("perplexity") ? protocol : "passkey",
                "policy " + cell / 10,
                64 * (1 + cell % 10),
                1000,
                protocol,
                question,
                "which?",
                "\u00e9, \"this\"\n",
                List.of("a", "b | c"),
                score,
                1 + question,
                100,
                question == 0,
                new Usage(1, 2, held, 4, cell == 0 ? null : 4.5, 5, 6, 7, null, 8, 9),
                new Fidelity(Double.NaN, 0.5, 1),
                new Origin(7, "model", cell % 2 == 0 ? "cpu" : null, null, "1.0", null, "25"));
    }

    private static String done(String... words) {
        var run = CommandRun.of(words);
        assertThat(run.exit()).as(run.said()).isZero();
        return run.said();
    }

    private static String refused(String... words) {
        var run = CommandRun.of(words);
        assertThat(run.exit()).as(run.said()).isEqualTo(2);
        return run.said();
    }

    @Test
    void theCellsAreThoseWithoutSpark() throws IOException {
        done("results", data(), "--observations", "--out", data());
        for (var filter : List.of(List.<String>of(), List.of("--task", "passkey", "--budget", "128"))) {
            var plain = new ArrayList<>(List.of("results", data(), "--out", data() + "/plain"));
            plain.addAll(filter);
            done(plain.toArray(String[]::new));
            var spark = new ArrayList<>(List.of("results", data(), "--spark", "local[2]", "--out", data() + "/spark"));
            spark.addAll(filter);
            done(spark.toArray(String[]::new));
            assertThat(directory.resolve("spark").resolve("results.json"))
                    .hasContent(Files.readString(directory.resolve("plain").resolve("results.json")));
        }
        assertThat(Files.readAllLines(directory.resolve("plain").resolve("results.csv")))
                .hasSizeGreaterThan(2);
        assertThat(refused("results", data(), "--spark", "local[2]", "--policy", "none"))
                .contains(data() + " holds no such observations");
        // Nothing of Spark's is left behind where the command ran.
        assertThat(Path.of("spark-warehouse")).doesNotExist();
    }

    @Test
    void aTableThatIsNotThereOrOldOrAnotherIsASentence() throws IOException {
        assertThat(refused("results", data(), "--spark", "local[2]"))
                .contains("observations.parquet, which is not there; write it with 'results ");
        done("results", data(), "--observations", "--out", data());
        var table = directory.resolve("observations.parquet");
        Files.setLastModifiedTime(table, FileTime.fromMillis(0));
        assertThat(refused("results", data(), "--spark", "local[2]"))
                .contains("is older than the observations beside it; write it with 'results ");
        done("results", data(), "--out", data() + "/other");
        Files.move(
                directory.resolve("other").resolve("results.parquet"), directory.resolve("other/observations.parquet"));
        assertThat(refused("results", data() + "/other", "--spark", "local[2]"))
                .contains("is no table of observations: it lacks the columns [line, episode,");
        Files.writeString(directory.resolve("other").resolve("observations.parquet"), "nothing");
        assertThat(refused("results", data() + "/other", "--spark", "local[2]"))
                .contains("Spark gave the results up: ");
    }
}
