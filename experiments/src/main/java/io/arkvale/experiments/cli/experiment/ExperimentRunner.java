package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.terminal.Measuring;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.sweep.SweepFile.Experiment;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs experiments of a file as the commands that they name, and keeps what they measure in a notebook. */
public final class ExperimentRunner implements AutoCloseable {
    /** What belongs to the whole file. */
    private static final Set<String> OF_THE_FILE = Set.of("--out", "--format", "--resume", "--no-resume");

    private final Terminal terminal;
    private final Function<Terminal, CommandLine> commands;
    private final Notebook notebook;
    private final OpenLab lab = new OpenLab();

    public ExperimentRunner(Terminal terminal, Function<Terminal, CommandLine> commands, Notebook notebook) {
        this.terminal = terminal;
        this.commands = commands;
        this.notebook = notebook;
    }

    /**
     * The command of an experiment, its options read and checked as on the command line.
     *
     * @throws UserException for an unknown command or option, naming the nearest one, or a value that is not allowed
     */
    public static Measuring command(
            Terminal terminal, Function<Terminal, CommandLine> commands, Experiment experiment) {
        var what = "experiment '" + experiment.name() + "'";
        for (var word : experiment.arguments()) {
            if (OF_THE_FILE.contains(word)) {
                throw new UserException(what + " has " + word + ", which belongs to the whole file");
            }
        }
        var line = commands.apply(terminal);
        try {
            var parsed = line.parseArgs(experiment.arguments().toArray(String[]::new))
                    .subcommand();
            if (parsed != null && parsed.commandSpec().userObject() instanceof Measuring measuring) {
                return measuring;
            }
        } catch (UnmatchedArgumentException e) {
            throw new UserException(what + ": " + unknown(e), e);
        } catch (ParameterException e) {
            throw new UserException(what + ": " + e.getMessage(), e);
        }
        throw new UserException(what + " names command '"
                + experiment.arguments().getFirst() + "', which measures nothing; allowed: " + measuring(line));
    }

    private static String unknown(UnmatchedArgumentException error) {
        var word = error.getUnmatched().getFirst();
        var options = error.getCommandLine().getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
        return word.startsWith("--")
                ? "unknown option " + word + Nearest.question(word, options)
                : "unknown command '" + word + "'; allowed: " + measuring(error.getCommandLine());
    }

    private static String measuring(CommandLine line) {
        return line.getSubcommands().entrySet().stream()
                .filter(entry -> entry.getValue().getCommand() instanceof Measuring)
                .map(entry -> entry.getKey())
                .collect(Collectors.joining(", "));
    }

    /** The commands of experiments, all of them right before the first one runs. */
    public static void check(
            Terminal terminal, Function<Terminal, CommandLine> commands, List<Experiment> experiments) {
        for (var experiment : experiments) {
            var command = command(terminal, commands, experiment);
            try {
                command.check();
            } catch (UserException e) {
                throw failed(experiment, e);
            }
        }
    }

    /**
     * The results of an experiment, of which only what the notebook lacks is measured.
     *
     * @throws UserException if something is wrong with it
     */
    public Report results(Experiment experiment) {
        terminal.err().println(experiment.name() + ": " + String.join(" ", experiment.arguments()));
        var start = System.nanoTime();
        var before = notebook.added();
        try {
            var report = command(terminal, commands, experiment)
                    .measure(notebook, lab)
                    .report();
            var seconds = (System.nanoTime() - start) / 1_000_000_000;
            terminal.err()
                    .println(experiment.name()
                            + (notebook.added() == before ? ": done before" : ": took " + seconds + " s"));
            return report;
        } catch (UserException e) {
            throw failed(experiment, e);
        }
    }

    @Override
    public void close() {
        lab.close();
    }

    private static UserException failed(Experiment experiment, UserException cause) {
        return new UserException("experiment '" + experiment.name() + "' failed: " + cause.getMessage(), cause);
    }
}
