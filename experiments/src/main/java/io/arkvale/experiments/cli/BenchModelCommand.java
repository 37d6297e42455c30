package io.arkvale.experiments.cli;

import io.arkvale.api.Backends;
import io.arkvale.api.ElementType;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.bench.ModelBench;
import io.arkvale.experiments.bench.ModelCase;
import io.arkvale.experiments.bench.ModelResult;
import io.arkvale.experiments.bench.ModelShape;
import io.arkvale.experiments.bench.PrefillBench;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Llama;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DenseDevices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times decode steps of a whole model on a device. */
@Command(
        name = "model",
        description = {
            "Time decode steps of a whole model on a device: random weights of a described shape, random contexts.",
            "Products, cache and the choice of tokens run on the device, and nothing waits for the host."
        })
public final class BenchModelCommand implements Runnable {
    private static final List<Metric<ModelResult>> COLUMNS = List.of(
            Metric.of("kind", result -> result.kind().label()),
            Metric.of("batch", result -> result.measured().batch()),
            Metric.of("context", result -> result.measured().context()),
            Metric.of("budget", result -> result.measured().budget()),
            Metric.of("dense_layers", result -> result.measured().denseLayers()),
            Metric.of("page_size", result -> result.measured().pageSize()),
            Metric.of("median_ms", result -> result.medianNanos() / 1e6),
            Metric.of("tokens_per_second", ModelResult::tokensPerSecond),
            Metric.of("recalls_per_layer", ModelResult::recalls),
            Metric.of("device_bytes", ModelResult::deviceBytes),
            Metric.of("host_bytes", ModelResult::hostBytes));

    private final Terminal terminal;

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            defaultValue = "llama-3-8b",
            description = "Shape of the model: llama-3-8b, longchat-7b, tiny (default ${DEFAULT-VALUE}).")
    private String shape = "";

    @Option(
            names = "--device",
            paramLabel = "ID",
            defaultValue = "cuda",
            description = "Device of the model and of the cache, a backend of this name (default ${DEFAULT-VALUE}).")
    private String device = "";

    @Option(
            names = "--device-option",
            paramLabel = "NAME=VALUE",
            description = "Option of the device, such as cublas=FILE; may be given several times.")
    private Map<String, String> deviceOptions = new LinkedHashMap<>();

    @Option(
            names = "--element-type",
            paramLabel = "TYPE",
            defaultValue = "BF16",
            description = "Type of weights, keys and values: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private ElementType elementType = ElementType.BF16;

    @Option(
            names = {"--batch", "--batches"},
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "Sequences, one or more numbers (default ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Option(
            names = {"--context", "--contexts"},
            paramLabel = "TOKENS",
            split = ",",
            defaultValue = "32768",
            description = "Tokens of each sequence, one or more numbers (default ${DEFAULT-VALUE}).")
    private List<Integer> contexts = List.of();

    @Option(
            names = {"--budget", "--budgets"},
            paramLabel = "TOKENS",
            split = ",",
            defaultValue = "0",
            description = "Budgets in tokens, one or more numbers; 0 for full attention (default ${DEFAULT-VALUE}).")
    private List<Integer> budgets = List.of();

    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "First layers that keep everything (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Tokens per page (default ${DEFAULT-VALUE}).")
    private int pageSize;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "20",
            description = "Timed steps of a round, of which there are 5 (default ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "50",
            description = "Untimed steps of each kind (default ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--prefill",
            description = "Time the prefill of one prompt of each length in place of decode steps.")
    private boolean prefill;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything random (default ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public BenchModelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        var model = shape();
        var cases = cases();
        output.open();
        try (var pool = new WorkerPool(1, "bench");
                var there = open();
                var backend = Backends.create(device, Map.of());
                var llama = Llama.random(model.config(), seed, DenseKernels.vector(), pool, there)) {
            var results = new ArrayList<ModelResult>();
            try (var progress = Progress.start(terminal, "bench", cases.size(), "cases")) {
                for (var measured : cases) {
                    if (prefill) {
                        results.addAll(PrefillBench.run(llama, backend, measured));
                    } else {
                        try (var bench = new ModelBench(llama, backend, measured, steps, warmUp, seed)) {
                            results.addAll(bench.run());
                        }
                    }
                    progress.step();
                }
            }
            var words = "random weights of " + model.label() + " in " + elementType;
            output.write(
                    terminal,
                    "bench-model",
                    Report.of(COLUMNS, results).prepend("shape", model.label()),
                    new Origin(seed, words, backend.id(), there.name()),
                    table(results).toString());
        }
    }

    private ModelShape shape() {
        try {
            return ModelShape.of(shape);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private DenseDevice open() {
        try {
            return DenseDevices.open(device, elementType, deviceOptions);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<ModelCase> cases() {
        Inputs.atLeast(1, "--steps", steps);
        Inputs.atLeast(0, "--warm-up", warmUp);
        Inputs.atLeast(0, "--dense-layers", denseLayers);
        batches.forEach(batch -> Inputs.atLeast(1, "--batch", batch));
        if (prefill && !batches.equals(List.of(1))) {
            throw new UserException("--batch is " + batches + "; allowed with --prefill: 1");
        }
        contexts.forEach(context -> Inputs.atLeast(1, "--context", context));
        budgets.forEach(budget -> Inputs.atLeast(0, "--budget", budget));
        var cases = new ArrayList<ModelCase>();
        for (int context : contexts) {
            for (int budget : budgets) {
                for (int batch : batches) {
                    var measured = new ModelCase(batch, context, budget, denseLayers, pageSize);
                    measured.settings(); // what cannot be is known before the weights are made
                    cases.add(measured);
                }
            }
        }
        return cases;
    }

    private static TextTable table(List<ModelResult> results) {
        var table = new TextTable(
                List.of("step", "batch", "context", "budget", "ms", "tokens per s", "recalls", "device GB", "host GB"));
        for (var result : results) {
            table.row(List.of(
                    result.kind().label(),
                    Integer.toString(result.measured().batch()),
                    Integer.toString(result.measured().context()),
                    result.measured().budget() == 0
                            ? "all"
                            : Integer.toString(result.measured().budget()),
                    number(result.medianNanos() / 1e6),
                    number(result.tokensPerSecond()),
                    number(result.recalls()),
                    number(result.deviceBytes() / 1e9),
                    number(result.hostBytes() / 1e9)));
        }
        return table;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
