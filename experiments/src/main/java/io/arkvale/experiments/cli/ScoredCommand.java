package io.arkvale.experiments.cli;

import io.arkvale.experiments.engine.ScoredExperiment;
import io.arkvale.experiments.engine.TaskResult;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.task.Task;
import java.util.List;
import java.util.Locale;
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

    @Mixin
    private SeedOption seed = new SeedOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private BackendOptions backend = new BackendOptions();

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
        output.open();
        try (var setup = Setup.open(model, backend, grid.runs())) {
            var experiment = new ScoredExperiment(setup.bench(), task, grid, lengths, samples(), seed.value());
            setup.warnBeyondTraining(terminal, experiment.longest());
            List<TaskResult> results;
            try (var progress = Progress.start(terminal, task.name(), experiment.episodes(), "episodes")) {
                results = experiment.run(progress::step);
            }
            var report = Report.of(TaskResult.metrics(), results);
            output.write(terminal, task.name(), report, setup.origin(seed.value()), table(results));
        }
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
        }
        return text.toString();
    }
}
