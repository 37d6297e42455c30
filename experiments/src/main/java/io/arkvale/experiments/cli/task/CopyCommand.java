package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Copy;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;

/** A marked passage in a long text is repeated word for word. */
@Command(name = "copy", description = "The model repeats a marked passage of a long text word for word.")
public final class CopyCommand extends ScoredCommand {
    public CopyCommand(Terminal terminal) {
        super(terminal, 10);
    }

    @Override
    public Task task() {
        return new Copy();
    }
}
