package io.arkvale.experiments.cli;

import io.arkvale.experiments.engine.Replay;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.trace.Trace;
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
final class TraceReplayCommand implements Runnable {
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

    TraceReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        var grid = policies.grid();
        output.open();
        try (var trace = Trace.open(file)) {
            var header = trace.header();
            Replay.check(header, grid.runs());
            try (var tools = RunTools.open(threads, backend, RunTools.needBackend(grid.runs()))) {
                List<Replay.Result> results;
                try (var progress = Progress.start(terminal, "replay", header.steps(), "steps")) {
                    results = Replay.measure(trace, tools.tools(), grid, progress::step);
                }
                var origin = tools.origin(header.run().seed(), header.run().model());
                output.write(terminal, "trace", Report.of(Replay.METRICS, results), origin, table(results));
            }
        }
    }

    private static String table(List<Replay.Result> results) {
        var header = results.getFirst().trace();
        var table = new TextTable(List.of(
                "policy",
                "budget",
                "held tokens",
                "recalled KiB a step",
                "read KiB a step",
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
