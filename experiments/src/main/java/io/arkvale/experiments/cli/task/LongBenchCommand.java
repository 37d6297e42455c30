package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.longbench.LongBench;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** LongBench's lines from a file. */
@Command(
        name = "longbench",
        description = {
            "Questions from a file of LongBench that you bring; none comes along.",
            "Scores are LongBench's own measures, from 0 to 1. --lengths limits the tokens of a whole prompt: the"
                    + " middle of a longer one is left out, as LongBench does.",
            "Without --prompts the wording of the questions is this program's own, and the result says so."
        })
public final class LongBenchCommand extends ScoredCommand {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "Lines of JSON.")
    private Path file = Path.of("");

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "LongBench's dataset2prompt.json (default: wording of this program's own).")
    private @Nullable Path prompts;

    @Option(
            names = "--max-lengths",
            paramLabel = "FILE",
            description =
                    "LongBench's dataset2maxlen.json, tokens of an answer by dataset (default: this program's own).")
    private @Nullable Path maxLengths;

    public LongBenchCommand(Terminal terminal) {
        super(terminal, 20);
    }

    @Override
    public Task task() {
        return LongBench.parse(
                file,
                Inputs.read("LongBench file", file),
                prompts,
                prompts == null ? new byte[0] : Inputs.read("prompts file", prompts),
                maxLengths,
                maxLengths == null ? new byte[0] : Inputs.read("file of answers' lengths", maxLengths));
    }
}
