package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Records;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Look-ups in a table of nothing but keys and values. */
@Command(name = "records", description = "Look-ups in a table of nothing but keys and values.")
public final class RecordsCommand extends ScoredCommand {
    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "5",
            description = "Texts per length (default ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "4",
            description = "Questions a table (default ${DEFAULT-VALUE}).")
    private int turns;

    public RecordsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Task task() {
        if (turns < 1 || turns > 64) {
            throw new UserException("--turns is " + turns + "; allowed: 1 to 64");
        }
        return new Records(turns);
    }

    @Override
    public int samples() {
        return samples;
    }
}
