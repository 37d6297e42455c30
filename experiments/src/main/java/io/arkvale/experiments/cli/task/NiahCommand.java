package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.ruler.Niah;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** RULER's needles in a haystack. */
@Command(
        name = "niah",
        description = {
            "Needles in a haystack by RULER's rules: one or several keys, values and queries.",
            "The score is the share of the values found."
        })
public final class NiahCommand extends ScoredCommand {
    enum Haystack {
        noise,
        text,
        needles
    }

    @Option(
            names = "--haystack",
            paramLabel = "KIND",
            defaultValue = "noise",
            description = "What hides the needles: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Haystack haystack = Haystack.noise;

    @Option(
            names = "--keys",
            paramLabel = "N",
            defaultValue = "4",
            description = "Keys in a text (default ${DEFAULT-VALUE}).")
    private int keys;

    @Option(
            names = "--values",
            paramLabel = "N",
            defaultValue = "1",
            description = "Values of each key (default ${DEFAULT-VALUE}).")
    private int values;

    @Option(
            names = "--queries",
            paramLabel = "N",
            defaultValue = "1",
            description = "Keys asked for at once (default ${DEFAULT-VALUE}).")
    private int queries;

    public NiahCommand(Terminal terminal) {
        super(terminal, 10);
    }

    @Override
    public Task task() {
        Inputs.within(1, 256, "--keys", keys);
        Inputs.within(1, 16, "--values", values);
        Inputs.within(1, Math.min(keys, 16), "--queries", queries);
        return new Niah(Niah.Haystack.valueOf(haystack.name().toUpperCase(Locale.ROOT)), keys, values, queries);
    }
}
