package io.arkvale.experiments.cli;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.cli.experiment.ExperimentRunner;
import io.arkvale.experiments.cli.terminal.Failures;
import io.arkvale.experiments.cli.terminal.StandardError;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.cli.terminal.WrongUsage;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.study.JobRunners;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code arkvale}: exit 0 done, 1 failed, 2 wrong usage or input. */
@Command(
        name = "arkvale",
        description = "Recallable key-value caches: experiments on a real model, and checks of backends.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        abbreviateSynopsis = true,
        usageHelpAutoWidth = true)
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "On an error, print the Java stack trace too.")
    private boolean stacktrace;

    private Main() {}

    /** Runs the command line and exits. */
    public static void main(String[] arguments) {
        StandardError.takeBack();
        System.exit(run(Terminal.system(), arguments));
    }

    /** All commands, ready to read arguments. */
    public static CommandLine commandLine(Terminal terminal) {
        var line = new CommandLine(new Main());
        commands(terminal).addAll(line);
        return prepare(line);
    }

    private static Commands commands(Terminal terminal) {
        return new Commands(terminal, Main::commandLine);
    }

    private static CommandLine prepare(CommandLine line) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setHelpFactory(OwnOptionsFirst::new);
        return line;
    }

    /** Experiments of command lines for workers, which say nothing: what they observe is all that they give. */
    public static JobRunners.Experiments experiments() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return ExperimentRunner.experiments(new Terminal(nowhere, nowhere, false), Main::commandLine);
    }

    /** Runs the command line and returns its exit code. */
    public static int run(Terminal terminal, String... arguments) {
        var main = new Main();
        var line = new CommandLine(main);
        commands(terminal).addFirst(line, arguments);
        prepare(line);
        var help = new StringWriter(); // printed by us, since the library would only say that it was lost
        line.setOut(new PrintWriter(help));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setExecutionStrategy(Main::execute);
        line.setParameterExceptionHandler((error, given) -> wrongUsage(terminal, error));
        line.setExecutionExceptionHandler(
                (error, command, parsed) -> Failures.report(terminal, error, main.stacktrace));
        try {
            var exit = line.execute(arguments);
            terminal.out().print(help);
            terminal.out().flush();
            return exit;
        } catch (Error
                | OutputLostException error) { // out of memory, a broken jar, a closed stream: still one sentence
            return Failures.report(terminal, error, main.stacktrace);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: " + spec.subcommands().keySet());
    }

    /** Runs the command, or shows its help; that of {@code policies} is on the policies it names. */
    private static int execute(ParseResult parsed) {
        var line = parsed.asCommandLineList().getLast();
        if (line.isUsageHelpRequested()
                && line.getCommand() instanceof PoliciesCommand policies
                && policies.namesSome()) {
            try {
                policies.run();
                return CommandLine.ExitCode.OK;
            } catch (RuntimeException e) {
                throw new ExecutionException(line, "help on policies failed", e);
            }
        }
        return new RunLast().execute(parsed);
    }

    private static int wrongUsage(Terminal terminal, ParameterException error) {
        terminal.err().println("arkvale: " + WrongUsage.sentence(error));
        terminal.err().println("Try '" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"arkvale " + Origin.programVersion() + " on JDK " + Runtime.version()};
        }
    }
}
