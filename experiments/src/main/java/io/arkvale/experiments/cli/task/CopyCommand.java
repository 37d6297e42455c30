package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Copy;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A marked passage in a long text is repeated word for word. */
@Command(name = "copy", description = "A marked passage in a long text is repeated word for word.")
public final class CopyCommand extends ScoredCommand {
    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10",
            description = "Texts per length (default ${DEFAULT-VALUE}).")
    private int samples;

    public CopyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Task task() {
        return new Copy();
    }

    @Override
    public int samples() {
        return samples;
    }
}
