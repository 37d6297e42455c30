package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;

/** The paper's table 1: a number hidden in filler, found again or lost. */
@Command(
        name = "passkey",
        description = {
            "A number hidden in filler, found again or lost (the paper's table 1).",
            "One row per policy, one column per budget in tokens. The samples hide the number at evenly spaced depths."
        })
public final class PasskeyCommand extends ScoredCommand {
    public PasskeyCommand(Terminal terminal) {
        super(terminal, 20);
    }

    @Override
    public Task task() {
        return new Passkey();
    }
}
