package io.arkvale.experiments.cli;

import io.arkvale.experiments.report.Origin;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code arkvale}: exit 0 done, 1 failed, 2 wrong usage or input. */
@Command(
        name = "arkvale",
        description = "Recallable key-value caches: experiments on a real model, and checks of backends.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
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
        System.exit(run(Terminal.system(), arguments));
    }

    /** Runs the command line and returns its exit code. */
    static int run(Terminal terminal, String... arguments) {
        var main = new Main();
        var line = new CommandLine(main);
        line.addSubcommand(new PasskeyCommand(terminal));
        line.addSubcommand(new NeedlesCommand(terminal));
        line.addSubcommand(new CopyCommand(terminal));
        line.addSubcommand(new RecordsCommand(terminal));
        line.addSubcommand(new NiahCommand(terminal));
        line.addSubcommand(new VariablesCommand(terminal));
        line.addSubcommand(new WordsCommand(terminal));
        line.addSubcommand(new LongBenchCommand(terminal));
        line.addSubcommand(new PerplexityCommand(terminal));
        line.addSubcommand(new AttentionCommand(terminal));
        line.addSubcommand(new GenerateCommand(terminal));
        line.addSubcommand(new BenchCommand(terminal));
        line.addSubcommand(new SimulateCommand(terminal));
        line.addSubcommand(new SweepCommand(terminal));
        line.addSubcommand(new CommandLine(new TraceCommand())
                .addSubcommand(new TraceRecordCommand(terminal))
                .addSubcommand(new TraceReplayCommand(terminal)));
        line.addSubcommand(new ReproduceCommand(terminal));
        line.addSubcommand(new ChartCommand(terminal));
        line.addSubcommand(new PoliciesCommand(terminal));
        line.addSubcommand(new BackendsCommand(terminal));
        line.addSubcommand(new ConformanceCommand(terminal));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((error, given) -> wrongUsage(terminal, error));
        line.setExecutionExceptionHandler(
                (error, command, parsed) -> Failures.report(terminal, error, main.stacktrace));
        try {
            return line.execute(arguments);
        } catch (Error error) { // out of memory, a broken jar: still one sentence
            return Failures.report(terminal, error, main.stacktrace);
        } finally {
            terminal.out().flush();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: " + spec.subcommands().keySet());
    }

    private static int wrongUsage(Terminal terminal, ParameterException error) {
        terminal.err().println("arkvale: " + sentence(error));
        terminal.err().println("Try '" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static String sentence(ParameterException error) {
        var commands = error.getCommandLine().getSubcommands().keySet();
        if (error instanceof UnmatchedArgumentException unmatched && !commands.isEmpty()) {
            return "unknown command '" + unmatched.getUnmatched().getFirst() + "'; commands: " + commands;
        }
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("wrong usage");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"arkvale " + Origin.version() + " on JDK " + Runtime.version()};
        }
    }
}
