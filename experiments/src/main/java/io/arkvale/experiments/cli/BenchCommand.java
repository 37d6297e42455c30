package io.arkvale.experiments.cli;

import io.arkvale.api.Backend;
import io.arkvale.api.ElementType;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.StepReport.Part;
import io.arkvale.experiments.bench.BenchCase;
import io.arkvale.experiments.bench.BenchResult;
import io.arkvale.experiments.bench.DecodeBench;
import io.arkvale.experiments.cli.option.BackendOptions;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.ScopeNames;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times decode steps of a backend with a budget beside its own full attention. */
@Command(
        name = "bench",
        description =
                "Time decode steps of a backend, with a budget and without, side by side on random data, and prefill.")
public final class BenchCommand implements Runnable {
    private static final List<Metric<BenchResult>> COLUMNS = columns();

    /** Timed prefills. */
    private static final int PROMPTS = 5;

    private final Terminal terminal;

    @Option(
            names = "--layers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Layers of a step; times are those of one (default ${DEFAULT-VALUE}).")
    private int layers;

    @Option(
            names = "--query-heads",
            paramLabel = "N",
            defaultValue = "32",
            description = "Query heads (default ${DEFAULT-VALUE}).")
    private int queryHeads;

    @Option(
            names = "--kv-heads",
            paramLabel = "N",
            defaultValue = "8",
            description = "KV heads (default ${DEFAULT-VALUE}).")
    private int kvHeads;

    @Option(
            names = "--head-dim",
            paramLabel = "N",
            defaultValue = "128",
            description = "Head dimension (default ${DEFAULT-VALUE}).")
    private int headDim;

    @Option(
            names = "--element-types",
            paramLabel = "TYPE",
            split = ",",
            defaultValue = "F32",
            description = "Element types: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private List<ElementType> elementTypes = List.of();

    @Option(
            names = "--batches",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "Batch sizes (default ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Option(
            names = "--tokens",
            paramLabel = "TOKENS",
            split = ",",
            defaultValue = "8192,32768",
            description = "Tokens of each sequence (default ${DEFAULT-VALUE}).")
    private List<Integer> tokens = List.of();

    @Option(
            names = "--budget",
            paramLabel = "TOKENS",
            defaultValue = "2048",
            description = "Budget in tokens (default ${DEFAULT-VALUE}).")
    private int budget;

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Tokens per page (default ${DEFAULT-VALUE}).")
    private int pageSize;

    @Option(
            names = "--scope",
            paramLabel = "KIND",
            completionCandidates = ScopeNames.class,
            defaultValue = "attended",
            description = "Pages that take part in attention: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Scope scope = Scope.ATTENDED;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "100",
            description = "Timed steps of each kind (default ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "150",
            description = "Untimed steps of each kind (default ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--prompt",
            paramLabel = "TOKENS",
            defaultValue = "1024",
            description = "Tokens of the prompt whose prefill is timed (default ${DEFAULT-VALUE}).")
    private int promptTokens;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything random (default ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    public BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        var cases = cases();
        output.open();
        try (var backend = backendOptions.create()) {
            // What cannot be opened is known before the first minute is spent.
            cases.forEach(measured -> backend.capabilities().require(measured.cacheShape()));
            var results = measure(backend, cases);
            var origin = new Origin(seed, "random data", backend.id(), backend.device());
            output.write(
                    terminal,
                    "bench",
                    Report.of(COLUMNS, results),
                    origin,
                    table(results).toString());
        }
    }

    private List<BenchCase> cases() {
        Inputs.atLeast(1, "--layers", layers);
        Inputs.atLeast(1, "--steps", steps);
        Inputs.atLeast(0, "--warm-up", warmUp);
        Inputs.atLeast(1, "--prompt", promptTokens);
        batches.forEach(batch -> Inputs.atLeast(1, "--batches", batch));
        tokens.forEach(length -> Inputs.atLeast(1, "--tokens", length));
        var limited = SequenceSpec.builder(pageSize)
                .budgetTokens(budget)
                .denseLayers(0)
                .scope(scope)
                .build();
        var cases = new ArrayList<BenchCase>();
        for (var elementType : elementTypes) {
            for (int batch : batches) {
                for (int length : tokens) {
                    cases.add(new BenchCase(
                            layers,
                            queryHeads,
                            kvHeads,
                            headDim,
                            elementType,
                            batch,
                            length,
                            limited,
                            pageSize,
                            promptTokens));
                }
            }
        }
        return cases;
    }

    private List<BenchResult> measure(Backend backend, List<BenchCase> cases) {
        var results = new ArrayList<BenchResult>();
        try (var progress = Progress.start(terminal, "bench", cases.size(), "cases")) {
            for (var measured : cases) {
                try (var bench = new DecodeBench(backend, measured, warmUp + steps, seed)) {
                    results.addAll(bench.run(warmUp, steps));
                    results.add(bench.prefill(PROMPTS));
                }
                progress.step();
            }
        }
        return results;
    }

    private static List<Metric<BenchResult>> columns() {
        var columns = new ArrayList<Metric<BenchResult>>(List.of(
                Metric.of("kind", result -> result.kind().label()),
                Metric.of("layers", result -> result.measured().layers()),
                Metric.of("query_heads", result -> result.measured().queryHeads()),
                Metric.of("kv_heads", result -> result.measured().kvHeads()),
                Metric.of("head_dim", result -> result.measured().headDim()),
                Metric.of(
                        "element_type",
                        result -> result.measured().elementType().name()),
                Metric.of("batch", result -> result.measured().batch()),
                Metric.of("tokens", BenchResult::tokens),
                Metric.of(
                        "budget",
                        result -> result.measured().limited().budgetPages()
                                * result.measured().pageSize()),
                Metric.of(
                        "attended_pages", result -> result.measured().limited().attendedPages()),
                Metric.of(
                        "scope",
                        result -> result.measured().limited().scope().name().toLowerCase(Locale.ROOT)),
                Metric.of("median_ms", result -> result.medianNanos() / 1e6),
                Metric.of("speedup", BenchResult::speedup),
                Metric.of("recalls_per_step", BenchResult::recallsPerStep)));
        for (var part : Part.values()) {
            columns.add(Metric.of(part.name().toLowerCase(Locale.ROOT) + "_ms", result -> {
                var nanos = result.parts().get(part);
                return nanos == null ? null : nanos / 1e6;
            }));
        }
        return List.copyOf(columns);
    }

    private static TextTable table(List<BenchResult> results) {
        var table = new TextTable(List.of(
                "type",
                "batch",
                "tokens",
                "step",
                "ms per layer",
                "times faster",
                "recalls",
                "append",
                "estimate",
                "select",
                "recall",
                "attend",
                "prefill"));
        for (var result : results) {
            var row = new ArrayList<String>(List.of(
                    result.measured().elementType().name(),
                    Integer.toString(result.measured().batch()),
                    Integer.toString(result.tokens()),
                    result.kind().label(),
                    number(result.medianNanos() / 1e6),
                    result.speedup() == null ? "" : number(result.speedup()),
                    number(result.recallsPerStep())));
            for (var part : Part.values()) {
                var nanos = result.parts().get(part);
                row.add(nanos == null ? "" : number(nanos / 1e6));
            }
            table.row(row);
        }
        return table;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
