package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.ModelOptions;
import io.arkvale.experiments.cli.terminal.Measuring;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.input.Nearest;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.study.Assignment;
import io.arkvale.experiments.study.JobRunners;
import io.arkvale.experiments.study.StudyPlan;
import io.arkvale.experiments.sweep.SweepFile.Experiment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
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
        return (Measuring) parsed(terminal, commands, experiment).userObject();
    }

    /** An experiment in words that another machine understands; its command is right already. */
    public static Assignment assignment(
            Terminal terminal, Function<Terminal, CommandLine> commands, Experiment experiment) {
        var spec = parsed(terminal, commands, experiment);
        var files = new TreeMap<String, String>();
        for (var option : spec.options()) {
            @Nullable Object value = option.getValue();
            if (value instanceof Path path) {
                var found = option.longestName().equals("--model") ? ModelOptions.directory(path) : path;
                files.put(
                        option.longestName(), found.toAbsolutePath().normalize().toString());
            }
        }
        var own = experiment.arguments();
        var arguments = new ArrayList<>(List.of(own.getFirst()));
        for (int i = 1; i < own.size(); i += 2) {
            var option = spec.findOption(own.get(i));
            if (option == null || !files.containsKey(option.longestName())) {
                arguments.addAll(own.subList(i, i + 2));
            }
        }
        return new Assignment(arguments, files);
    }

    /** The pieces of a command line that was an experiment where it was planned. */
    public static JobRunners.Experiments experiments(Terminal terminal, Function<Terminal, CommandLine> commands) {
        return (words, lab) -> command(terminal, commands, new Experiment("of a job", words))
                .pieces(lab)
                .orElseThrow(() -> new UserException("'" + words.getFirst() + "' has no observations"));
    }

    private static CommandSpec parsed(
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
            if (parsed != null && parsed.commandSpec().userObject() instanceof Measuring) {
                return parsed.commandSpec();
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

    /**
     * Cuts an experiment into jobs and adds them to a plan; nothing of one without observations, which {@link #results}
     * measures whole.
     *
     * @return whether it has observations
     * @throws UserException if something is wrong with it
     */
    public boolean plan(Experiment experiment, StudyPlan plan) {
        try {
            var pieces = command(terminal, commands, experiment).pieces(lab);
            if (pieces.isEmpty()) {
                return false;
            }
            var part = plan.add(experiment.name(), assignment(terminal, commands, experiment), pieces.get(), notebook);
            terminal.err()
                    .println(experiment.name() + ": " + String.join(" ", experiment.arguments()) + "\n"
                            + experiment.name()
                            + (part.missing() == 0
                                    ? ": done before"
                                    : ": " + part.missing() + " of " + part.observations() + " observations to make"));
            return true;
        } catch (UserException e) {
            throw failed(experiment, e);
        }
    }

    /** The results of an experiment whose observations are all there. */
    public Report report(Experiment experiment) {
        return command(terminal, commands, experiment).measure(notebook, lab).report();
    }

    @Override
    public void close() {
        lab.close();
    }

    private static UserException failed(Experiment experiment, UserException cause) {
        return new UserException("experiment '" + experiment.name() + "' failed: " + cause.getMessage(), cause);
    }
}
