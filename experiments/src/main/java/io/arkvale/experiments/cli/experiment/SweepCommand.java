package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.NotebookOptions;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.study.Cluster;
import io.arkvale.experiments.study.Estimate;
import io.arkvale.experiments.study.JobRunners;
import io.arkvale.experiments.study.LocalWorkers;
import io.arkvale.experiments.study.StudyPlan;
import io.arkvale.experiments.sweep.SweepFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the experiments of a file, one job per prefill; those whose results are there already are left out. */
@Command(
        name = "sweep",
        description = {
            "Run the experiments of a file, by default all policies on all tasks, and gather them in one table.",
            "It measures only what the results there lack: interrupted, it goes on where it was,",
            "and a policy that is added later runs alone."
        })
public final class SweepCommand implements Runnable {
    private static final double SECOND = 1e9;

    private final Terminal terminal;
    private final Function<Terminal, CommandLine> commands;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "JSON or YAML: {\"common\": OPTIONS, \"experiments\": {NAME: OPTIONS}}, where OPTIONS is an object of"
                            + " a command's options with \"command\" among them (default: the one shipped).")
    private @Nullable Path file;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory of the results.")
    private Path out = Path.of("");

    @Option(names = "--quick", description = "Take the file's options for a shorter run.")
    private boolean quick;

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Run these experiments of the file only.")
    private List<String> only = List.of();

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            description = "Set an option of every experiment, as in --set policies=full,h2o --set budgets=512.")
    private Map<String, String> given = new LinkedHashMap<>();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Texts at once on this machine (default: as many as processors and memory"
                    + " allow, one where a model or a backend is on a device).")
    private @Nullable Integer workers;

    @Option(
            names = "--spark",
            paramLabel = "MASTER",
            description = "Run on a cluster of Apache Spark: local[N], spark://HOST:PORT, yarn or k8s://URL.")
    private @Nullable String spark;

    @Option(
            names = "--dry-run",
            description = "Say how much there is to measure and how long it would take, after two texts of each length"
                    + " under some of its cells, whose observations are kept.")
    private boolean dryRun;

    @Mixin
    private NotebookOptions notebooks = new NotebookOptions();

    /**
     * The command.
     *
     * @param commands makes all commands, which a file may name
     */
    public SweepCommand(Terminal terminal, Function<Terminal, CommandLine> commands) {
        this.terminal = terminal;
        this.commands = commands;
    }

    @Override
    public void run() {
        var experiments = experiments();
        ExperimentRunner.check(terminal, commands, experiments);
        if (workers != null) {
            Inputs.within(1, 1_000_000, "--workers", workers);
        }
        if (workers != null && spark != null && !dryRun) {
            throw new UserException("--workers counts this machine's; how many a cluster has is the cluster's");
        }
        var cluster = spark == null || dryRun ? null : Cluster.found();
        var directory = OutputDirectory.open(out);
        var reports = new ArrayList<Report>();
        try (var notebook = notebooks.open(terminal, out)) {
            var plan = new StudyPlan();
            var planned = new HashSet<String>();
            try (var planner = new ExperimentRunner(terminal, commands, notebook)) {
                for (var experiment : experiments) {
                    if (planner.plan(experiment, plan)) {
                        planned.add(experiment.name());
                    }
                }
            }
            if (dryRun) {
                estimate(plan, notebook);
                return;
            }
            measure(plan, cluster, notebook);
            try (var runner = new ExperimentRunner(terminal, commands, notebook)) {
                for (var experiment : experiments) {
                    var report = planned.contains(experiment.name())
                            ? runner.report(experiment)
                            : runner.results(experiment);
                    reports.add(report.prepend("experiment", experiment.name()));
                }
            }
        }
        directory.write("sweep", Report.union(reports));
        terminal.out().print(SweepTable.of(reports));
        terminal.err().println("wrote sweep.csv, sweep.json and " + Notebook.FILE + " to " + out);
    }

    private void measure(StudyPlan plan, @Nullable Cluster cluster, Notebook notebook) {
        var jobs = plan.jobs();
        if (jobs.isEmpty()) {
            return;
        }
        try (var own = cluster == null ? new LocalWorkers(workers(plan), runners(plan)) : cluster.workers(spark());
                var progress = Progress.start(terminal, "sweep", jobs.size(), "texts")) {
            var start = System.nanoTime();
            var busy = new LongAdder();
            own.run(jobs, job -> {
                notebook.add(job.observations());
                busy.add(job.nanoseconds());
                progress.step();
            });
            terminal.err()
                    .println(String.format(
                            Locale.ROOT,
                            "measured %d observations in %.1f s, in which workers were busy for %.1f s",
                            notebook.added(),
                            (System.nanoTime() - start) / SECOND,
                            busy.sum() / SECOND));
        }
    }

    private String spark() {
        return Objects.requireNonNull(spark);
    }

    private void estimate(StudyPlan plan, Notebook notebook) {
        try (var runners = runners(plan)) {
            var estimate = Estimate.of(plan, runners, notebook::add);
            terminal.out().print(estimate.table());
            terminal.err().println(estimate.sentence(workers(plan)));
        }
    }

    private int workers(StudyPlan plan) {
        return workers != null
                ? workers
                : LocalWorkers.fitting(
                        processors(), plan.bytes(), Runtime.getRuntime().maxMemory());
    }

    private JobRunners runners(StudyPlan plan) {
        return new JobRunners(
                ExperimentRunner.experiments(terminal, commands),
                Math.max(1, processors() / workers(plan)),
                UnaryOperator.identity());
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private List<SweepFile.Experiment> experiments() {
        var name = file == null ? "the shipped sweep" : file.toString();
        var content = file == null ? SweepFile.shipped() : Inputs.read("sweep file", file);
        var all = SweepFile.parse(name, content, quick, given);
        var names = all.stream().map(SweepFile.Experiment::name).toList();
        for (var wanted : only) {
            if (!names.contains(wanted)) {
                throw new UserException("--only names '" + wanted + "'; experiments of " + name + ": " + names);
            }
        }
        return all.stream()
                .filter(experiment -> only.isEmpty() || only.contains(experiment.name()))
                .toList();
    }
}
