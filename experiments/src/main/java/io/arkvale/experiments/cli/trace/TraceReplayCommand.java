package io.arkvale.experiments.cli.trace;

import io.arkvale.experiments.cli.option.BackendOptions;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.PolicyOptions;
import io.arkvale.experiments.cli.option.ThreadOptions;
import io.arkvale.experiments.cli.terminal.Measuring.Measured;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.trace.Replay;
import io.arkvale.experiments.trace.Trace;
import io.arkvale.kernels.pool.WorkerPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs policies over a trace. */
@Command(
        name = "replay",
        description = {
            "Run policies over a trace, without the model: every run gets the recorded queries, keys and values.",
            "Says what each holds, moves and reads, and how near its attention comes to full attention."
        })
public final class TraceReplayCommand implements Runnable {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The trace.")
    private Path file = Path.of("");

    @Mixin
    private PolicyOptions policies = new PolicyOptions();

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Mixin
    private BackendOptions backend = new BackendOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public TraceReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        output.open();
        // What is wrong with the words is said before a file is read; the seed is the trace's.
        policies.grid(0);
        try (var trace = Trace.open(file)) {
            var header = trace.header();
            var grid = policies.grid(header.run().seed());
            Replay.check(header, grid.runs());
            try (var machine = Machine.of(
                    WorkerPool.shared(threads.threads()),
                    backend.create(terminal, backend.isNeeded(grid.runs())),
                    backend.values())) {
                List<Replay.Result> results;
                try (var progress = Progress.start(terminal, "replay", header.steps(), "steps")) {
                    results = Replay.measure(trace, machine, grid, progress::step);
                }
                var origin = Origin.of(header.run().seed(), header.run().model(), machine.backend());
                var origins = grid.cells().stream()
                        .map(cell ->
                                grid.runs().get(cell.run()).onCache().isPresent() ? origin : origin.withoutBackend())
                        .toList();
                var report = Report.of(Replay.METRICS, results).withOrigins(origins);
                output.write(terminal, new Measured("trace", report, origin, table(results)));
            }
        }
    }

    private static String table(List<Replay.Result> results) {
        var header = results.getFirst().trace();
        var table = new TextTable(List.of(
                "policy",
                "budget",
                "held tokens",
                "recalled KiB per step",
                "read KiB per step",
                "output error",
                "recovered mass",
                "top pages found"));
        for (var result : results) {
            var usage = result.usage();
            var fidelity = result.fidelity();
            table.row(List.of(
                    result.policy(),
                    Integer.toString(result.budget()),
                    number("%.0f", usage.heldTokens()),
                    number("%.0f", usage.recalledBytes() / header.steps() / 1024),
                    number("%.0f", (usage.scoringBytesPerStep() + usage.attentionBytesPerStep()) / 1024),
                    number("%.4f", fidelity.outputError()),
                    number("%.4f", fidelity.recoveredMass()),
                    number("%.4f", fidelity.topPages())));
        }
        return String.format(
                        Locale.ROOT,
                        "%,d tokens of context and %,d steps of %s, recorded under %s%n",
                        header.contextTokens(),
                        header.steps(),
                        header.run().model(),
                        header.run().policy())
                + table;
    }

    /** Empty for what was not measured. */
    private static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }
}
