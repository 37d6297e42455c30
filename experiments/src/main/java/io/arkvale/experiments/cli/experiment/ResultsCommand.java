package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Comparison;
import io.arkvale.experiments.result.Interval;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.experiments.result.TaskResult;
import io.arkvale.experiments.result.TextResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what was measured: functions of the observations of a directory. */
@Command(
        name = "results",
        description = {
            "Show the observations of a directory that --out of a task, sweep or reproduce (its data) wrote:",
            "a row a cell; with --answers a row a question; with --against the same questions of another run."
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

    @Option(names = "--policy", paramLabel = "NAME", description = "Only this policy, as it was named.")
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
            output.print(terminal, "answers", Report.of(ANSWERS, shown(wanted)));
        } else if (against != null) {
            var pairs = Comparison.of(wanted, wanted(against));
            if (pairs.isEmpty()) {
                throw new UserException(directory + " and " + against + " have no question of a cell in common");
            }
            output.print(terminal, "comparison", Report.of(PAIRS, pairs));
        } else {
            output.print(terminal, "results", cells(wanted));
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
            Metric.of("task", Observation::task),
            Metric.of("policy", Observation::policy),
            Metric.of("budget", Observation::budget),
            Metric.of("length", Observation::length),
            Metric.of("sample", Observation::sample),
            Metric.of("question", Observation::question),
            Metric.of("score", one -> Rounding.to(3, one.score())),
            Metric.of("said", one -> visible(one.said())),
            Metric.of("expected", one -> visible(String.join(" | ", one.expected()))),
            Metric.of("protocol", Observation::protocol));

    /** A line of text whose ends of lines can be seen. */
    private static String visible(String text) {
        return text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    /** A row a cell, whatever it is of. */
    private static Report cells(List<Observation> wanted) {
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
        return Report.of(CELLS, List.copyOf(scored.values()));
    }

    private static final List<Metric<List<Observation>>> CELLS = List.of(
            first("task", Observation::task),
            first("policy", Observation::policy),
            first("budget", Observation::budget),
            first("length", Observation::length),
            first("protocol", Observation::protocol),
            Metric.of("samples", List::size),
            Metric.of("score", cell -> Rounding.to(4, estimate(cell).mean())),
            Metric.of(
                    "score_low",
                    cell -> Rounding.to(4, estimate(cell).interval().low())),
            Metric.of(
                    "score_high",
                    cell -> Rounding.to(4, estimate(cell).interval().high())),
            Metric.of(
                    "held_tokens", cell -> Rounding.to(1, summary(cell).usage().heldTokens())),
            first("backend", one -> one.origin().backend()),
            first("model", one -> one.origin().model()),
            first("seed", one -> one.origin().seed()),
            first("version", one -> one.origin().version()),
            first("commit", one -> one.origin().commit()),
            first("cell", Observation::cell));

    private static Metric<List<Observation>> first(String name, Function<Observation, @Nullable Object> value) {
        return Metric.of(name, cell -> value.apply(cell.getFirst()));
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
            Metric.of("task", Comparison::task),
            Metric.of("policy", Comparison::policy),
            Metric.of("budget", Comparison::budget),
            Metric.of("length", Comparison::length),
            Metric.of("protocol", Comparison::protocol),
            Metric.of("samples", Comparison::samples),
            Metric.of("score", pair -> Rounding.to(4, pair.score())),
            Metric.of("score_there", pair -> Rounding.to(4, pair.scoreThere())),
            Metric.of("gain", pair -> Rounding.to(4, pair.gain().mean())),
            Metric.of("gain_low", pair -> Rounding.to(4, pair.gain().interval().low())),
            Metric.of("gain_high", pair -> Rounding.to(4, pair.gain().interval().high())),
            Metric.of("verdict", pair -> pair.verdict().words()));
}
