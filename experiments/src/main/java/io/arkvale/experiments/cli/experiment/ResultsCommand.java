package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.result.CellSummary;
import io.arkvale.experiments.result.Comparison;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.ObservationRow;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.experiments.study.Cluster;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what was measured: functions of the observations of a directory. */
@Command(
        name = "results",
        description = {
            "Show the observations that a task, sweep or reproduce (in its folder data) wrote with --out.",
            "A row per cell; with --answers a row per question; with --against the same questions of another run.",
            "With --out the rows are also written as Parquet, with types and nulls.",
            "Of millions of observations, --observations makes a table that --spark reads."
        })
public final class ResultsCommand implements Runnable {
    /** Name of the table of all observations. */
    private static final String TABLE = "observations";

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The directory.")
    private Path directory = Path.of("");

    @Option(names = "--answers", description = "Show each answer beside what was expected.")
    private boolean answers;

    @Option(names = "--wrong", description = "Only answers below the full score.")
    private boolean wrong;

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "Compare with the same questions of another directory.")
    private @Nullable Path against;

    @Option(names = "--task", paramLabel = "NAME", description = "Only this task.")
    private @Nullable String task;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "Only this policy, under the name that it was" + " given.")
    private @Nullable String policy;

    @Option(names = "--budget", paramLabel = "TOKENS", description = "Only this budget.")
    private @Nullable Integer budget;

    @Option(
            names = "--observations",
            description = "Show nothing, and write all that observations say to " + TABLE + ".parquet in --out.")
    private boolean observations;

    @Option(
            names = "--spark",
            paramLabel = "MASTER",
            description = "Let Apache Spark read " + TABLE + ".parquet of DIR and make the rows of cells: local[N],"
                    + " spark://HOST:PORT, yarn or k8s://URL.")
    private @Nullable String spark;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public ResultsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        var views = Stream.of(answers || wrong, against != null, observations, spark != null)
                .filter(view -> view)
                .count();
        if (views > 1) {
            throw new UserException("--answers or --wrong, --against, --observations and --spark exclude each other");
        }
        output.open();
        if (observations) {
            output.write(
                    terminal,
                    TABLE,
                    ObservationRow.columns(),
                    rows -> Notebook.scan(directory, terminal::note, row -> {
                        if (isWanted(row.observation())) {
                            rows.accept(row);
                        }
                    }));
        } else if (spark != null) {
            var found = Cluster.found().cells(spark, table(), filters());
            output.export(terminal, "results", CELLS, some(directory, found));
        } else if (answers || wrong) {
            output.export(terminal, "answers", ANSWERS, shown(wanted(directory)));
        } else if (against != null) {
            var pairs = Comparison.of(wanted(directory), wanted(against));
            if (pairs.isEmpty()) {
                throw new UserException(directory + " and " + against + " have no question of a cell in common");
            }
            output.export(terminal, "comparison", PAIRS, pairs);
        } else {
            output.export(terminal, "results", CELLS, cells(wanted(directory)));
        }
    }

    /** The table of observations that Spark reads, if it is there and says what the notebook beside it says. */
    private Path table() {
        var file = directory.resolve(TABLE + ".parquet").toAbsolutePath();
        var cure = "; write it with 'results " + directory + " --observations --out " + directory + "'";
        if (!Files.isReadable(file)) {
            throw new UserException("--spark reads " + file + ", which is not there" + cure);
        }
        var notebook = file.resolveSibling(Notebook.FILE);
        try {
            if (Files.exists(notebook)
                    && Files.getLastModifiedTime(notebook).compareTo(Files.getLastModifiedTime(file)) > 0) {
                throw new UserException(file + " is older than the observations beside it" + cure);
            }
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + FileReason.of(e), e);
        }
        return file;
    }

    private Map<String, Object> filters() {
        var filters = new LinkedHashMap<String, Object>();
        if (task != null) {
            filters.put("task", task);
        }
        if (policy != null) {
            filters.put("policy", policy);
        }
        if (budget != null) {
            filters.put("budget", budget);
        }
        return filters;
    }

    private boolean isWanted(Observation one) {
        return (task == null || task.equals(one.task()))
                && (policy == null || policy.equals(one.policy()))
                && (budget == null || budget == one.budget());
    }

    private List<Observation> wanted(Path place) {
        return some(
                place,
                Notebook.read(place, terminal::note).observations().stream()
                        .filter(this::isWanted)
                        .toList());
    }

    private static <T> List<T> some(Path place, List<T> found) {
        if (found.isEmpty()) {
            throw new UserException(place + " holds no such observations");
        }
        return found;
    }

    private List<Observation> shown(List<Observation> wanted) {
        return wanted.stream()
                .filter(one -> !one.coversBlock())
                .filter(one -> !wrong || one.score() < 1)
                .toList();
    }

    private static final List<Metric<Observation>> ANSWERS = List.of(
            Metric.of("task", String.class, Observation::task),
            Metric.of("policy", String.class, Observation::policy),
            Metric.of("budget", Integer.class, Observation::budget),
            Metric.of("length", Integer.class, Observation::length),
            Metric.of("sample", Integer.class, Observation::sample),
            Metric.of("question", Integer.class, Observation::question),
            rounded("score", 3, one -> one.score()),
            Metric.of("said", String.class, one -> visible(one.said())),
            Metric.of("expected", String.class, one -> visible(String.join(" | ", one.expected()))),
            Metric.of("protocol", String.class, Observation::protocol));

    private static <R> Metric<R> rounded(String name, int places, ToDoubleFunction<R> value) {
        return Metric.of(name, BigDecimal.class, row -> Rounding.to(places, value.applyAsDouble(row)));
    }

    /** A line of text whose ends of lines can be seen. */
    private static String visible(String text) {
        return text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    private static List<CellSummary> cells(List<Observation> wanted) {
        var cells = new LinkedHashMap<List<Object>, List<Observation>>();
        wanted.forEach(one -> cells.computeIfAbsent(CellSummary.key(one), cell -> new ArrayList<>())
                .add(one));
        return cells.values().stream().map(CellSummary::of).toList();
    }

    private static final List<Metric<CellSummary>> CELLS = List.of(
            Metric.of("task", String.class, CellSummary::task),
            Metric.of("policy", String.class, CellSummary::policy),
            Metric.of("budget", Integer.class, CellSummary::budget),
            Metric.of("length", Integer.class, CellSummary::length),
            Metric.of("protocol", String.class, CellSummary::protocol),
            Metric.of("samples", Integer.class, CellSummary::samples),
            rounded("score", 4, cell -> cell.score()),
            rounded("score_low", 4, cell -> cell.low()),
            rounded("score_high", 4, cell -> cell.high()),
            rounded("held_tokens", 1, cell -> cell.heldTokens()),
            Metric.of("backend", String.class, CellSummary::backend),
            Metric.of("model", String.class, CellSummary::model),
            Metric.of("seed", Long.class, CellSummary::seed),
            Metric.of("version", String.class, CellSummary::version),
            Metric.of("commit", String.class, CellSummary::commit),
            Metric.of("cell", String.class, CellSummary::cell));

    private static final List<Metric<Comparison>> PAIRS = List.of(
            Metric.of("task", String.class, Comparison::task),
            Metric.of("policy", String.class, Comparison::policy),
            Metric.of("budget", Integer.class, Comparison::budget),
            Metric.of("length", Integer.class, Comparison::length),
            Metric.of("protocol", String.class, Comparison::protocol),
            Metric.of("samples", Integer.class, Comparison::samples),
            rounded("score", 4, pair -> pair.score()),
            rounded("score_there", 4, pair -> pair.scoreThere()),
            rounded("gain", 4, pair -> pair.gain().mean()),
            rounded("gain_low", 4, pair -> pair.gain().interval().low()),
            rounded("gain_high", 4, pair -> pair.gain().interval().high()),
            Metric.of("verdict", String.class, pair -> pair.verdict().words()));
}
