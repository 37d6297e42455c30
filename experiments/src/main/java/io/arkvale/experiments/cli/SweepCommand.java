package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.sweep.SweepFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the experiments of a file, one after another; those whose results are there already are left out. */
@Command(
        name = "sweep",
        description = {
            "Run the experiments of a file, by default all policies on all tasks, and gather them in one table.",
            "Interrupted, it goes on where it was: an experiment whose results are in the directory is not run again."
        })
final class SweepCommand implements Runnable {
    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "JSON: {\"common\": OPTIONS, \"experiments\": {NAME: OPTIONS}}, where OPTIONS is an object of"
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

    SweepCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        var experiments = experiments();
        var directory = OutputDirectory.open(out);
        var runner = new ExperimentRunner(terminal, out);
        var reports = new ArrayList<Report>();
        for (var experiment : experiments) {
            reports.add(runner.results(experiment).prepend("experiment", experiment.name()));
        }
        directory.write("sweep", Report.union(reports));
        terminal.out().print(SweepTable.of(reports));
        terminal.err().println("wrote sweep.csv and sweep.json to " + out);
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
