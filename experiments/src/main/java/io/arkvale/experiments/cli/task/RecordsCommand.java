package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Records;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Look-ups in a table of nothing but keys and values. */
@Command(name = "records", description = "Look-ups in a table of nothing but keys and values.")
public final class RecordsCommand extends ScoredCommand {
    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "4",
            description = "Questions per table (default ${DEFAULT-VALUE}).")
    private int turns;

    public RecordsCommand(Terminal terminal) {
        super(terminal, 5);
    }

    @Override
    public Task task() {
        Inputs.within(1, 64, "--turns", turns);
        return new Records(turns);
    }
}
