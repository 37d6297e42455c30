package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.sweep.SweepFile.Experiment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ExitCode;

/** Runs experiments and keeps their results in a directory; those whose results are there already are not run again. */
final class ExperimentRunner {
    private final Terminal terminal;
    private final Path path;
    private final OutputDirectory directory;

    /**
     * Opens the directory.
     *
     * @throws UserException if it cannot be written
     */
    ExperimentRunner(Terminal terminal, Path path) {
        this.terminal = terminal;
        this.path = path;
        directory = OutputDirectory.open(path);
    }

    /**
     * The results of an experiment, now or before.
     *
     * @throws UserException if it failed
     */
    Report results(Experiment experiment) {
        var file = path.resolve(experiment.fileName());
        if (Files.exists(file)) {
            terminal.err().println(experiment.name() + ": done before");
        } else {
            terminal.err().println(experiment.name() + ": " + String.join(" ", experiment.arguments()));
            var start = System.nanoTime();
            directory.write(experiment.fileName(), run(experiment));
            var seconds = (System.nanoTime() - start) / 1_000_000_000;
            terminal.err().println(experiment.name() + ": took " + seconds + " s");
        }
        return Formats.parse(Inputs.read("result file", file));
    }

    private String run(Experiment experiment) {
        var bytes = new ByteArrayOutputStream();
        var arguments = new ArrayList<>(experiment.arguments());
        arguments.addAll(List.of("--format", "json"));
        int exit;
        try (var captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            var inner = new Terminal(captured, terminal.err(), terminal.interactive());
            exit = Main.run(inner, arguments.toArray(String[]::new));
        }
        if (exit != ExitCode.OK) {
            throw new UserException("experiment '" + experiment.name() + "' failed, as said above");
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
