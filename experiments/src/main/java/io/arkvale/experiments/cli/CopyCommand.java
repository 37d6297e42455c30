package io.arkvale.experiments.cli;

import io.arkvale.experiments.task.Copy;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A marked passage in a long text is repeated word for word. */
@Command(name = "copy", description = "A marked passage in a long text is repeated word for word.")
final class CopyCommand extends ScoredCommand {
    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10",
            description = "Texts a length (default ${DEFAULT-VALUE}).")
    private int samples;

    CopyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Task task() {
        return new Copy();
    }

    @Override
    int samples() {
        return samples;
    }
}
