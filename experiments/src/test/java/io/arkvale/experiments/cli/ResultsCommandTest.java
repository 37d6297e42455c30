package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.experiments.plan.Protocol;
import io.arkvale.experiments.report.CsvRows;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.ParquetRows;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.ObservationRow;
import io.arkvale.experiments.result.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that {@code results} writes: Parquet holds what CSV holds, with types, and with null for what is missing. */
class ResultsCommandTest {
    @TempDir
    private Path directory = Path.of("");

    private Path out() {
        return directory.resolve("out");
    }

    @BeforeEach
    void observe() {
        try (var notebook = Notebook.open(directory, message -> {})) {
            for (int sample = 0; sample < 3; sample++) {
                notebook.add(List.of(
                        observation("full", 512, sample, "7, \"seven\"\nor é", null),
                        observation("arkvale", 512, sample, "", "cpu"),
                        observation("arkvale", 1024, sample, "no", "cpu")));
            }
        }
    }

    private static Observation observation(
            String policy, int budget, int sample, String said, @Nullable String backend) {
        return new Observation(
                policy + budget,
                "text" + sample,
                0,
                "passkey",
                policy,
                budget,
                1000,
                Protocol.QUESTION_AFTER.toString(),
                sample,
                "which?",
                said,
                List.of("7", "seven"),
                sample / 2.0,
                1,
                100,
                true,
                new Usage(1, 2, 3.25, 4, 4.5, 5, 6, 7, 0.5, 8, 9),
                Fidelity.FULL,
                new Origin(1L << 40, "model", backend, backend, "1.0", null, "25"));
    }

    /** Reads both files that the command wrote and holds every cell of one against the other. */
    private ParquetRows sameAsCsv(String name, String... options) throws IOException {
        var arguments = new ArrayList<>(List.of("results", directory.toString(), "--out", out().toString()));
        arguments.addAll(List.of(options));
        var run = Run.of(arguments.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("wrote " + name + ".parquet to " + out());
        var text = Files.readString(out().resolve(name + ".csv"));
        var csv = CsvRows.parse(Files.readAllBytes(out().resolve(name + ".csv")));
        var parquet = ParquetRows.read(Files.readAllBytes(out().resolve(name + ".parquet")));
        assertThat(String.join(",", parquet.types().keySet()))
                .isEqualTo(text.lines().findFirst().orElseThrow());
        assertThat(parquet.rows()).hasSameSizeAs(csv);
        for (int i = 0; i < csv.size(); i++) {
            for (var cell : parquet.rows().get(i).entrySet()) {
                var there = csv.get(i).get(cell.getKey()); // nothing where the CSV has an empty field
                switch (cell.getValue()) {
                    case Long whole -> assertThat(there).isEqualTo(whole.toString());
                    case Double number -> assertThat(Double.valueOf(there)).isEqualTo(number);
                    case String words -> assertThat(there == null ? "" : there).isEqualTo(words);
                    case null -> assertThat(there).isNull();
                    default -> throw new AssertionError("unexpected " + cell);
                }
            }
        }
        return parquet;
    }

    @Test
    void cellsAreExportedWithTypesAndNulls() throws IOException {
        var cells = sameAsCsv("results");
        assertThat(cells.types())
                .contains(
                        entry("task", "STRING"),
                        entry("budget", "INT64"),
                        entry("samples", "INT64"),
                        entry("score", "DOUBLE"),
                        entry("score_low", "DOUBLE"),
                        entry("held_tokens", "DOUBLE"),
                        entry("backend", "STRING"),
                        entry("seed", "INT64"),
                        entry("commit", "STRING"));
        assertThat(cells.rows()).hasSize(3);
        assertThat(cells.rows().getFirst())
                .containsEntry("policy", "full")
                .containsEntry("budget", 512L)
                .containsEntry("score", 0.5)
                .containsEntry("seed", 1L << 40)
                .containsEntry("backend", null)
                .containsEntry("commit", null);
        assertThat(cells.rows().getLast()).containsEntry("budget", 1024L).containsEntry("backend", "cpu");
    }

    @Test
    void filtersHoldForBothFiles() throws IOException {
        assertThat(sameAsCsv("results", "--policy", "arkvale", "--budget", "1024")
                        .rows())
                .hasSize(1);
        var wrong = sameAsCsv("answers", "--wrong", "--budget", "512");
        assertThat(wrong.rows()).hasSize(4);
        assertThat(wrong.rows().getFirst())
                .containsEntry("said", "7, \"seven\"\\nor é")
                .containsEntry("expected", "7 | seven")
                .containsEntry("score", 0.0);
        assertThat(wrong.rows().get(1)).containsEntry("said", ""); // the model said nothing, which is not missing
    }

    @Test
    void comparisonsAreExported() throws IOException {
        var pairs = sameAsCsv("comparison", "--against", directory.toString());
        assertThat(pairs.types()).contains(entry("gain", "DOUBLE"), entry("verdict", "STRING"));
        assertThat(pairs.rows()).hasSize(3).allSatisfy(row -> assertThat(row).containsEntry("gain", 0.0));
    }

    /** The table says all that the notebook says. */
    @Test
    void observationsComeBackFromTheirTable() throws IOException {
        var run = Run.of("results", directory.toString(), "--observations", "--out", out().toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        var rows = ParquetRows.read(Files.readAllBytes(out().resolve("observations.parquet")))
                .rows();
        assertThat(rows.stream()
                        .map(row -> ObservationRow.of(row::get).observation())
                        .toList())
                .isEqualTo(List.copyOf(Notebook.read(directory, message -> {}).observations()));
        assertThat(rows.getLast()).containsEntry("line", 10L);
    }

    @Test
    void whatExcludesEachOtherIsASentence() {
        assertThat(Run.of("results", directory.toString(), "--observations").err())
                .contains("observations.parquet needs a directory; name one with --out");
        assertThat(Run.of("results", directory.toString(), "--observations", "--wrong")
                        .err())
                .contains("exclude each other");
        assertThat(Run.of("results", directory.toString(), "--spark", "local[2]")
                        .err())
                .contains("--spark needs Apache Spark, which this distribution does not carry");
    }

    @Test
    void anEarlierFileIsReplacedWholeAndHasTheUsualPermissions() throws IOException {
        Files.createDirectories(out());
        var file = Files.writeString(out().resolve("results.parquet"), "an older one");
        sameAsCsv("results");
        try (var files = Files.list(out())) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("results.csv", "results.json", "results.parquet");
        }
        assumeTrue(Files.getFileStore(out()).supportsFileAttributeView("posix"), "this file system has no permissions");
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(Files.getPosixFilePermissions(out().resolve("results.csv")));
    }

    @Test
    void aFileThatCannotBeWrittenIsASentenceAndLeavesNothing() throws IOException {
        var taken = Files.createDirectories(out().resolve("results.parquet"));
        Files.writeString(taken.resolve("other"), "");
        var run = Run.of("results", directory.toString(), "--out", out().toString());
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .containsPattern("arkvale: file \\S+results\\.parquet cannot be written: [a-z]")
                .doesNotContain("Exception", "\tat ");
        try (var files = Files.list(out())) {
            assertThat(files).noneMatch(path -> path.toString().endsWith(".tmp"));
        }
        var nowhere = directory.resolve(Notebook.FILE).resolve("out");
        var bad = Run.of("results", directory.toString(), "--out", nowhere.toString());
        assertThat(bad.exit()).isEqualTo(2);
        assertThat(bad.err()).contains("output directory " + nowhere + " cannot be written");
    }
}
