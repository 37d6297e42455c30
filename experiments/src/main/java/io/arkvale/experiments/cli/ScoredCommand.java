package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.Grid;
import io.arkvale.experiments.engine.ScoredExperiment;
import io.arkvale.experiments.engine.TaskResult;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.task.Task;
import java.util.ArrayList;
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

    @Option(names = "--seed", defaultValue = "1", description = "Seed of everything random (default ${DEFAULT-VALUE}).")
    private long seed;

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
        requirePositive("--samples", List.of(samples()));
        requirePositive("--lengths", lengths);
        var task = task();
        var grid = Grid.of(policies.policies(), policies.budgets(), policies.denseLayers());
        output.open();
        try (var setup = Setup.open(model, backend, grid.runs())) {
            var experiment = new ScoredExperiment(setup.bench(), task, grid, lengths, samples(), seed);
            setup.warnBeyondTraining(terminal, experiment.longest());
            List<TaskResult> results;
            try (var progress = Progress.start(terminal, task.name(), experiment.episodes(), "episodes")) {
                results = experiment.run(progress::step);
            }
            var report = Report.of(TaskResult.metrics(), results);
            output.write(terminal, task.name(), report, setup.origin(seed), table(results));
        }
    }

    private static void requirePositive(String option, List<Integer> values) {
        for (int value : values) {
            if (value < 1) {
                throw new UserException(option + " is " + value + "; allowed: at least 1");
            }
        }
    }

    private String table(List<TaskResult> results) {
        var text = new StringBuilder();
        for (int length : lengths) {
            var own = results.stream().filter(result -> result.length() == length).toList();
            var first = own.getFirst();
            text.append(String.format(
                    Locale.ROOT,
                    "%s, %,d characters of filler (%,d tokens): right answers of %d, in %%%n",
                    first.task(),
                    length,
                    Math.round(first.promptTokens()),
                    first.samples()));
            text.append(table(own, policies.budgets())).append('\n');
        }
        return text.toString();
    }

    private static TextTable table(List<TaskResult> results, List<Integer> budgets) {
        var heading = new ArrayList<>(List.of("policy"));
        budgets.forEach(budget -> heading.add(Integer.toString(budget)));
        var table = new TextTable(heading);
        for (var policy : results.stream().map(TaskResult::policy).distinct().toList()) {
            var row = new ArrayList<>(List.of(policy));
            for (var result : results) {
                if (result.policy().equals(policy)) {
                    row.add(String.format(Locale.ROOT, "%.0f", 100 * result.accuracy()));
                }
            }
            table.row(row);
        }
        return table;
    }
}
