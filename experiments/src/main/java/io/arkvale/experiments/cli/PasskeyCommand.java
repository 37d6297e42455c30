package io.arkvale.experiments.cli;

import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The paper's table 1: a number hidden in filler, found again or lost. */
@Command(
        name = "passkey",
        description = {
            "A number hidden in filler, found again or lost (the paper's table 1).",
            "One row a policy, one column a budget in tokens; the samples hide it at evenly spaced depths."
        })
final class PasskeyCommand extends ScoredCommand {
    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "20",
            description = "Samples a length, one a depth (default ${DEFAULT-VALUE}).")
    private int samples;

    PasskeyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Task task() {
        return new Passkey();
    }

    @Override
    int samples() {
        return samples;
    }
}
