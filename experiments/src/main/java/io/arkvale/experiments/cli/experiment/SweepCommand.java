package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.NotebookOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.sweep.SweepFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the experiments of a file, one after another; those whose results are there already are left out. */
@Command(
        name = "sweep",
        description = {
            "Run the experiments of a file, by default all policies on all tasks, and gather them in one table.",
            "It measures only what the results there lack: interrupted, it goes on where it was,",
            "and a policy that is added later runs alone."
        })
public final class SweepCommand implements Runnable {
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
        var directory = OutputDirectory.open(out);
        var reports = new ArrayList<Report>();
        try (var notebook = notebooks.open(terminal, out);
                var runner = new ExperimentRunner(terminal, commands, notebook)) {
            for (var experiment : experiments) {
                reports.add(runner.results(experiment).prepend("experiment", experiment.name()));
            }
        }
        directory.write("sweep", Report.union(reports));
        terminal.out().print(SweepTable.of(reports));
        terminal.err().println("wrote sweep.csv, sweep.json and " + Notebook.FILE + " to " + out);
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
