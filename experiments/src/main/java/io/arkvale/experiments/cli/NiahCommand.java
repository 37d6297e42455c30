package io.arkvale.experiments.cli;

import io.arkvale.experiments.task.Niah;
import io.arkvale.experiments.task.Task;
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
final class NiahCommand extends ScoredCommand {
    enum Haystack {
        noise,
        text,
        needles
    }

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10",
            description = "Texts a length (default ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--haystack",
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

    NiahCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Task task() {
        Inputs.within(1, 256, "--keys", keys);
        Inputs.within(1, 16, "--values", values);
        Inputs.within(1, Math.min(keys, 16), "--queries", queries);
        return new Niah(Niah.Haystack.valueOf(haystack.name().toUpperCase(Locale.ROOT)), keys, values, queries);
    }

    @Override
    int samples() {
        return samples;
    }
}
