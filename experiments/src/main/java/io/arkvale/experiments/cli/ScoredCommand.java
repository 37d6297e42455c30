package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.Grid;
import io.arkvale.experiments.engine.Interval;
import io.arkvale.experiments.engine.ScoredExperiment;
import io.arkvale.experiments.engine.TaskResult;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.task.Task;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs a scored task under policies and budgets: one row a policy, one column a budget. */
abstract class ScoredCommand implements Runnable {
    private final Terminal terminal;

    @Option(
            names = "--lengths",
            split = ",",
            paramLabel = "CHARACTERS",
            defaultValue = "10000",
            description = "Filler characters of the context (default ${DEFAULT-VALUE}).")
    private List<Integer> lengths = List.of();

    @Mixin
    private PolicyOptions policies = new PolicyOptions();

    @Option(
            names = "--against",
            paramLabel = "NAME",
            description =
                    "Also say how much each policy gains on this one, question by question, with the 95 %% interval.")
    private @Nullable String against;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    ScoredCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The task with its options. */
    abstract Task task();

    /** Episodes a length. */
    abstract int samples();

    @Override
    public final void run() {
        Inputs.atLeast(1, "--samples", samples());
        lengths.forEach(length -> Inputs.atLeast(1, "--lengths", length));
        PolicyOptions.requireDistinct("--lengths", lengths);
        var task = task();
        var grid = policies.grid();
        requireAmong(grid);
        output.open();
        try (var setup = options.open(grid.runs())) {
            var experiment = new ScoredExperiment(setup.bench(), task, grid, lengths, samples(), options.seed());
            setup.warnBeyondTraining(terminal, experiment.longest());
            List<TaskResult> results;
            try (var progress = Progress.start(terminal, task.name(), experiment.episodes(), "episodes")) {
                results = experiment.run(progress::step);
            }
            var report = Report.of(metrics(results), results);
            output.write(terminal, task.name(), report, options.origin(setup), table(results));
        }
    }

    private void requireAmong(Grid grid) {
        var labels = grid.cells().stream()
                .map(cell -> cell.policy().label())
                .distinct()
                .toList();
        if (against != null && !labels.contains(against)) {
            throw new UserException("--against is '" + against + "', which is not among the policies: " + labels);
        }
    }

    private List<Metric<TaskResult>> metrics(List<TaskResult> results) {
        var metrics = new ArrayList<>(TaskResult.metrics());
        if (against != null) {
            metrics.add(Metric.of("gain_on", result -> against));
            metrics.add(Metric.of("gain", result -> places(gain(result, results).mean())));
            metrics.add(Metric.of(
                    "gain_low",
                    result -> places(gain(result, results).interval().low())));
            metrics.add(Metric.of(
                    "gain_high",
                    result -> places(gain(result, results).interval().high())));
        }
        return metrics;
    }

    private static BigDecimal places(double value) {
        return BigDecimal.valueOf(value).setScale(4, RoundingMode.HALF_UP);
    }

    private Interval.Estimate gain(TaskResult result, List<TaskResult> all) {
        var other = all.stream()
                .filter(candidate -> candidate.policy().equals(against)
                        && candidate.budget() == result.budget()
                        && candidate.length() == result.length())
                .findFirst()
                .orElseThrow();
        return result.against(other);
    }

    private static String percent(Interval.Estimate gain) {
        return String.format(
                Locale.ROOT,
                "%+.1f (%+.1f to %+.1f)",
                100 * gain.mean(),
                100 * gain.interval().low(),
                100 * gain.interval().high());
    }

    private String table(List<TaskResult> results) {
        var text = new StringBuilder();
        for (int length : lengths) {
            var own =
                    results.stream().filter(result -> result.length() == length).toList();
            var first = own.getFirst();
            text.append(String.format(
                    Locale.ROOT,
                    "%s, %,d characters of filler (%,d tokens): right answers of %d, in %%%n",
                    first.task(),
                    length,
                    Math.round(first.promptTokens()),
                    first.samples()));
            var cells = new BudgetTable<>(policies.budgets(), TaskResult::policy);
            text.append(cells.of(own, result -> String.format(Locale.ROOT, "%.0f", 100 * result.accuracy())))
                    .append('\n');
            if (against != null) {
                text.append("gain on ").append(against).append(", in %, with 95 % interval\n");
                text.append(cells.of(own, result -> percent(gain(result, own)))).append('\n');
            }
        }
        return text.toString();
    }
}
