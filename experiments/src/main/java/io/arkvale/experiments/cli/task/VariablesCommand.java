package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.ruler.VariableTracking;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** RULER's variable tracking. */
@Command(
        name = "variables",
        description = {
            "Chains of variable assignments by RULER's rules: which have a given value?",
            "The score is the share of the names found."
        })
public final class VariablesCommand extends ScoredCommand {
    @Option(
            names = "--chains",
            paramLabel = "N",
            defaultValue = "1",
            description = "Chains in a text (default ${DEFAULT-VALUE}).")
    private int chains;

    @Option(
            names = "--hops",
            paramLabel = "N",
            defaultValue = "4",
            description = "Assignments after a chain's first (default ${DEFAULT-VALUE}).")
    private int hops;

    public VariablesCommand(Terminal terminal) {
        super(terminal, 10);
    }

    @Override
    public Task task() {
        Inputs.within(1, 16, "--chains", chains);
        Inputs.within(0, 16, "--hops", hops);
        return new VariableTracking(chains, hops);
    }
}
