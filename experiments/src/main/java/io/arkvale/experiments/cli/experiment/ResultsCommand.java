package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.result.Comparison;
import io.arkvale.experiments.result.Interval;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.experiments.result.TaskResult;
import io.arkvale.experiments.result.TextResult;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
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
            "With --out the rows are also written as Parquet, with types and nulls."
        })
public final class ResultsCommand implements Runnable {
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

    @Mixin
    private OutputOptions output = new OutputOptions();

    public ResultsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        if (answers && against != null) {
            throw new UserException("--answers and --against exclude each other");
        }
        output.open();
        var wanted = wanted(directory);
        if (answers || wrong) {
            output.export(terminal, "answers", ANSWERS, shown(wanted));
        } else if (against != null) {
            var pairs = Comparison.of(wanted, wanted(against));
            if (pairs.isEmpty()) {
                throw new UserException(directory + " and " + against + " have no question of a cell in common");
            }
            output.export(terminal, "comparison", PAIRS, pairs);
        } else {
            output.export(terminal, "results", CELLS, cells(wanted));
        }
    }

    private List<Observation> wanted(Path place) {
        var found = Notebook.read(place, terminal::note).observations().stream()
                .filter(one -> task == null || task.equals(one.task()))
                .filter(one -> policy == null || policy.equals(one.policy()))
                .filter(one -> budget == null || budget == one.budget())
                .toList();
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

    /** The observations of each cell, whatever they are of. */
    private static List<List<Observation>> cells(List<Observation> wanted) {
        var scored = new LinkedHashMap<List<Object>, List<Observation>>();
        wanted.forEach(one -> scored.computeIfAbsent(
                        List.of(
                                one.cell(),
                                one.task(),
                                one.length(),
                                one.protocol(),
                                one.coversBlock() ? one.episode() : ""),
                        cell -> new ArrayList<>())
                .add(one));
        return List.copyOf(scored.values());
    }

    private static final List<Metric<List<Observation>>> CELLS = List.of(
            first("task", String.class, Observation::task),
            first("policy", String.class, Observation::policy),
            first("budget", Integer.class, Observation::budget),
            first("length", Integer.class, Observation::length),
            first("protocol", String.class, Observation::protocol),
            Metric.of("samples", Integer.class, List::size),
            rounded("score", 4, cell -> estimate(cell).mean()),
            rounded("score_low", 4, cell -> estimate(cell).interval().low()),
            rounded("score_high", 4, cell -> estimate(cell).interval().high()),
            rounded("held_tokens", 1, cell -> summary(cell).usage().heldTokens()),
            first("backend", String.class, one -> one.origin().backend()),
            first("model", String.class, one -> one.origin().model()),
            first("seed", Long.class, one -> one.origin().seed()),
            first("version", String.class, one -> one.origin().version()),
            first("commit", String.class, one -> one.origin().commit()),
            first("cell", String.class, Observation::cell));

    private static <V> Metric<List<Observation>> first(
            String name, Class<V> type, Function<Observation, ? extends @Nullable V> value) {
        return Metric.of(name, type, cell -> value.apply(cell.getFirst()));
    }

    private static TaskResult summary(List<Observation> cell) {
        var first = cell.getFirst();
        return new TaskResult(first.task(), first.policy(), first.budget(), first.length(), first.protocol(), cell);
    }

    private static Interval.Estimate estimate(List<Observation> cell) {
        if (cell.getFirst().coversBlock()) {
            return new TextResult(cell.getFirst().policy(), cell.getFirst().budget(), 0, 0, cell).bitsPerByte();
        }
        var summary = summary(cell);
        return new Interval.Estimate(summary.accuracy(), summary.interval());
    }

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
