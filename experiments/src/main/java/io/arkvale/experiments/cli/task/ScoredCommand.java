package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.experiment.MeasuringCommand;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.PolicyOptions;
import io.arkvale.experiments.cli.option.ProtocolOption;
import io.arkvale.experiments.cli.option.RunOptions;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.plan.Grid;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Interval;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.experiments.result.TaskResult;
import io.arkvale.experiments.result.Verdict;
import io.arkvale.experiments.run.FillerLength;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.run.Pieces;
import io.arkvale.experiments.run.ScoredExperiment;
import io.arkvale.experiments.task.Task;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs a scored task under policies and budgets: one row per policy, one column per budget. */
public abstract class ScoredCommand extends MeasuringCommand {
    /** Filler characters where nothing is said. */
    private static final int DEFAULT_LENGTH = 10_000;

    @Option(names = "--samples", paramLabel = "N", description = "Texts per length (default ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--lengths",
            split = ",",
            paramLabel = "CHARACTERS",
            description = "Filler characters of the context (default " + DEFAULT_LENGTH + ").")
    private List<Integer> lengths = List.of();

    @Option(
            names = "--prompt-tokens",
            split = ",",
            paramLabel = "TOKENS",
            description =
                    "Instead of --lengths: tokens of the whole prompt, question and answer included, in the model's own"
                            + " tokens; there is as much filler as fits.")
    private List<Integer> tokens = List.of();

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
    private ProtocolOption protocol = new ProtocolOption();

    /**
     * A command.
     *
     * @param samples episodes per length where nothing is said
     */
    protected ScoredCommand(Terminal terminal, int samples) {
        super(terminal);
        this.samples = samples;
    }

    /** The task with its options. */
    public abstract Task task();

    @Override
    public final void check() {
        Inputs.count("--samples", samples);
        lengths.forEach(length -> Inputs.count("--lengths", length));
        PolicyOptions.requireDistinct("--lengths", lengths);
        tokens.forEach(count -> Inputs.count("--prompt-tokens", count));
        PolicyOptions.requireDistinct("--prompt-tokens", tokens);
        if (!lengths.isEmpty() && !tokens.isEmpty()) {
            throw new UserException("--lengths and --prompt-tokens both say how long a prompt is; give one of them");
        }
        task();
        requireAmong(policies.grid(options.seed()));
    }

    @Override
    public final Optional<Pieces> pieces(OpenLab open) {
        check();
        var lab = lab(open);
        var task = task();
        return Optional.of(experiment(lab, task, characters(lab, task)));
    }

    private Lab lab(OpenLab open) {
        return options.open(terminal(), open, policies.grid(options.seed()).runs());
    }

    private ScoredExperiment experiment(Lab lab, Task task, List<Integer> characters) {
        var grid = policies.grid(options.seed());
        return new ScoredExperiment(lab, task, grid, characters, samples, options.seed(), protocol.value());
    }

    @Override
    public final Measured measure(Notebook notebook, OpenLab open) {
        check();
        var task = task();
        var lab = lab(open);
        var characters = characters(lab, task);
        var experiment = experiment(lab, task, characters);
        options.warnBeyondTraining(terminal(), experiment.longest());
        List<TaskResult> results;
        try (var progress = Progress.start(terminal(), task.name(), experiment.count(), "texts")) {
            results = experiment.run(notebook, progress::step);
        }
        var origins = results.stream()
                .map(result -> result.observations().getFirst().origin())
                .toList();
        var report = Report.of(metrics(task, results), results).withOrigins(origins);
        return new Measured(task.name(), report, lab.origin(options.seed()), table(task, characters, results));
    }

    /** Filler characters of each length asked for. */
    private List<Integer> characters(Lab lab, Task task) {
        if (tokens.isEmpty()) {
            return lengths.isEmpty() ? List.of(DEFAULT_LENGTH) : lengths;
        }
        return tokens.stream()
                .map(count -> FillerLength.within(count, lab, task, samples, options.seed(), protocol.value()))
                .toList();
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

    private List<Metric<TaskResult>> metrics(Task task, List<TaskResult> results) {
        var metrics = new ArrayList<>(TaskResult.metrics());
        metrics.add(Metric.of("measure", result -> task.measure()));
        if (against != null) {
            metrics.add(Metric.of("gain_on", result -> against));
            metrics.add(Metric.of("gain", result -> places(gain(result, results), Interval.Estimate::mean)));
            metrics.add(Metric.of(
                    "gain_low",
                    result -> places(
                            gain(result, results), gain -> gain.interval().low())));
            metrics.add(Metric.of(
                    "gain_high",
                    result -> places(
                            gain(result, results), gain -> gain.interval().high())));
            metrics.add(Metric.of("verdict", result -> verdict(gain(result, results), result.samples())));
        }
        return metrics;
    }

    private static @Nullable BigDecimal places(
            Interval.@Nullable Estimate gain, ToDoubleFunction<Interval.Estimate> value) {
        return gain == null ? null : Rounding.to(4, value.applyAsDouble(gain));
    }

    private static @Nullable String verdict(Interval.@Nullable Estimate gain, int samples) {
        return gain == null ? null : Verdict.of(gain, samples).words();
    }

    /** The gain on the policy that {@code --against} names; none of that policy itself. */
    private Interval.@Nullable Estimate gain(TaskResult result, List<TaskResult> all) {
        if (result.policy().equals(against)) {
            return null;
        }
        var other = all.stream()
                .filter(candidate -> candidate.policy().equals(against)
                        && candidate.budget() == result.budget()
                        && candidate.length() == result.length())
                .findFirst()
                .orElseThrow();
        return result.against(other);
    }

    private static String percent(Interval.@Nullable Estimate gain) {
        if (gain == null) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%+.1f (%+.1f to %+.1f)",
                100 * gain.mean(),
                100 * gain.interval().low(),
                100 * gain.interval().high());
    }

    private String table(Task task, List<Integer> characters, List<TaskResult> results) {
        var text = new StringBuilder();
        for (int length : characters) {
            var own =
                    results.stream().filter(result -> result.length() == length).toList();
            var first = own.getFirst();
            text.append(String.format(
                    Locale.ROOT,
                    "%s, length %,d (%,d tokens), %s: %s, %s, in %%%n",
                    first.task(),
                    length,
                    Math.round(first.promptTokens()),
                    protocol.value().words(),
                    task.measure(),
                    first.samples() == 1 ? "one question" : "mean of " + first.samples() + " questions"));
            var cells = new BudgetTable<>(policies.budgets(), TaskResult::policy);
            text.append(cells.of(own, result -> String.format(Locale.ROOT, "%.0f", 100 * result.accuracy())))
                    .append('\n');
            if (against != null) {
                text.append("gain on ").append(against).append(", in points, with 95 % interval\n");
                text.append(cells.of(own, result -> percent(gain(result, own)))).append('\n');
            }
        }
        return text.toString();
    }
}
