package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.UserException;
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
            names = "--samples",
            paramLabel = "N",
            defaultValue = "5",
            description = "Texts per length (default ${DEFAULT-VALUE}).")
    private int samples;

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
        super(terminal);
    }

    @Override
    public Task task() {
        if (needles < 1 || needles > 256) {
            throw new UserException("--needles is " + needles + "; allowed: 1 to 256");
        }
        if (turns < 1 || turns > needles) {
            throw new UserException("--turns is " + turns + "; allowed: 1 to " + needles + ", the needles");
        }
        return new Needles(needles, turns);
    }

    @Override
    public int samples() {
        return samples;
    }
}
