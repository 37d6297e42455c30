package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The paper's table 1: a number hidden in filler, found again or lost. */
@Command(
        name = "passkey",
        description = {
            "A number hidden in filler, found again or lost (the paper's table 1).",
            "One row per policy, one column per budget in tokens; the samples hide it at evenly spaced depths."
        })
public final class PasskeyCommand extends ScoredCommand {
    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "20",
            description = "Samples per length, one per depth (default ${DEFAULT-VALUE}).")
    private int samples;

    public PasskeyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Task task() {
        return new Passkey();
    }

    @Override
    public int samples() {
        return samples;
    }
}
