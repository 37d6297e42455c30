package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Needles;
import io.arkvale.experiments.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Several questions about several hidden numbers, one after another. */
@Command(
        name = "needles",
        description = {
            "Several numbers hidden in filler, and several questions one after another.",
            "What matters moves from question to question: this separates recall from eviction."
        })
public final class NeedlesCommand extends ScoredCommand {
    @Option(
            names = "--needles",
            paramLabel = "N",
            defaultValue = "16",
            description = "Numbers in a text (default ${DEFAULT-VALUE}).")
    private int needles;

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "6",
            description = "Questions per text (default ${DEFAULT-VALUE}).")
    private int turns;

    public NeedlesCommand(Terminal terminal) {
        super(terminal, 5);
    }

    @Override
    public Task task() {
        Inputs.within(1, 256, "--needles", needles);
        Inputs.within(1, needles, "--turns", turns);
        return new Needles(needles, turns);
    }
}
