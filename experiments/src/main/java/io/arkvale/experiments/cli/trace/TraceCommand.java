package io.arkvale.experiments.cli.trace;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Traces of runs; its subcommands do the work. */
@Command(
        name = "trace",
        description = "Record queries, keys and values of a run, and run policies over them without the model.",
        synopsisSubcommandLabel = "COMMAND")
public final class TraceCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public TraceCommand() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: " + spec.subcommands().keySet());
    }
}
