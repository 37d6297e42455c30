package io.arkvale.experiments.cli;

import io.arkvale.experiments.task.LongBench;
import io.arkvale.experiments.task.Task;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** LongBench's lines from a file. */
@Command(
        name = "longbench",
        description = {
            "Questions of a file of LongBench's own lines, which you bring; no such file is shipped.",
            "--lengths limits the characters of a context: of a longer one the middle is left out."
        })
final class LongBenchCommand extends ScoredCommand {
    @Option(names = "--file", required = true, paramLabel = "FILE", description = "Lines of JSON.")
    private Path file = Path.of("");

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "20",
            description = "Most lines to take (default ${DEFAULT-VALUE}).")
    private int samples;

    LongBenchCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Task task() {
        return LongBench.parse(file, Inputs.read("LongBench file", file));
    }

    @Override
    int samples() {
        return samples;
    }
}
