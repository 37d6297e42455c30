package io.arkvale.experiments.cli;

import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.VariableTracking;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** RULER's variable tracking. */
@Command(
        name = "variables",
        description = {
            "Chains of variable assignments by RULER's rules: which have a given value?",
            "The score is the share of the names found."
        })
final class VariablesCommand extends ScoredCommand {
    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10",
            description = "Texts a length (default ${DEFAULT-VALUE}).")
    private int samples;

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

    VariablesCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Task task() {
        Inputs.within(1, 16, "--chains", chains);
        Inputs.within(0, 16, "--hops", hops);
        return new VariableTracking(chains, hops);
    }

    @Override
    int samples() {
        return samples;
    }
}
