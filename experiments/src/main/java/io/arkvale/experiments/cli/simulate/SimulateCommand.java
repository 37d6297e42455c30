package io.arkvale.experiments.cli.simulate;

import io.arkvale.api.Scope;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.OptionIdentity;
import io.arkvale.experiments.cli.option.OutputOptions;
import io.arkvale.experiments.cli.option.ScopeNames;
import io.arkvale.experiments.cli.terminal.Measuring;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.simulate.BatchSizes;
import io.arkvale.experiments.simulate.CacheSetting;
import io.arkvale.experiments.simulate.CostModel;
import io.arkvale.experiments.simulate.Figure9;
import io.arkvale.experiments.simulate.MemoryLimit;
import io.arkvale.experiments.simulate.RecallRates;
import io.arkvale.experiments.simulate.Simulation;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import io.arkvale.experiments.simulate.description.Descriptions;
import io.arkvale.experiments.simulate.description.LanguageModel;
import io.arkvale.experiments.simulate.description.Software;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The cost model: time of a decode step by part, memory, and throughput, on a described GPU and model. */
@Command(
        name = "simulate",
        description = {
            "Estimate a decode step on a described GPU and model: time by part, memory, the largest batch and its throughput.",
            "Without options: figure 9 of the paper."
        })
public final class SimulateCommand implements Runnable, Measuring {
    /** One way to say how many pages are recalled. */
    static final class Recalls {
        @Option(
                names = "--recalls",
                paramLabel = "PAGES",
                description =
                        "Pages recalled per limited layer, sequence and step (default: the paper's 10 per step, over"
                                + " all limited layers).")
        private @Nullable Double pages;

        @Option(
                names = "--recalls-from",
                paramLabel = "FILE",
                description = "Take recalls as policy arkvale had them in this CSV file of results.")
        private @Nullable Path file;
    }

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--gpu",
            paramLabel = "NAME|FILE",
            defaultValue = "A100-80G-PCIe",
            description = "A100-80G-PCIe, H100, RTX-4090, or a YAML file (default ${DEFAULT-VALUE}).")
    private String gpu = "";

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE",
            defaultValue = "LongChat-7B",
            description =
                    "LongChat-7B, Llama-3-8B, Mistral-7B, Llama-3-70B, or a YAML file (default ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--tensor-parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "GPUs that share the heads (default ${DEFAULT-VALUE}).")
    private int tensorParallel;

    @Option(
            names = "--software",
            paramLabel = "KIND",
            defaultValue = "pytorch",
            description =
                    "What runs the step: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}): the authors' code, or"
                            + " a captured step as the backend cuda has it.")
    private Software software = Software.PYTORCH;

    @Option(
            names = "--launch-cost",
            paramLabel = "MICROS",
            description = "Time of an operation beyond that of its bytes, in place of the GPU's own.")
    private @Nullable Double launchCost;

    @Option(
            names = "--policies",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "arkvale",
            description =
                    "Policies beside full attention: arkvale, infllm, quest, sparq, streaming-llm, snapkv, h2o, tova"
                            + " (default ${DEFAULT-VALUE}).")
    private List<String> policies = List.of();

    @Option(
            names = "--tokens",
            paramLabel = "TOKENS",
            split = ",",
            defaultValue = "10000,20000,30000",
            description = "Tokens of each sequence (default ${DEFAULT-VALUE}).")
    private List<Long> tokens = List.of();

    @Option(
            names = "--budgets",
            paramLabel = "TOKENS",
            split = ",",
            defaultValue = "512,1024,2048,4096",
            description = "Tokens kept in a limited layer (default ${DEFAULT-VALUE}).")
    private List<Integer> budgets = List.of();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "4",
            description = "Sequences of a step (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Tokens per page (default ${DEFAULT-VALUE}).")
    private int pageSize;

    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Layers that keep everything (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @Option(
            names = "--scope",
            paramLabel = "KIND",
            completionCandidates = ScopeNames.class,
            defaultValue = "resident",
            description = "Pages that ArkVale attends to: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}, as the"
                    + " authors' code does).")
    private Scope scope = Scope.RESIDENT;

    @ArgGroup
    private Recalls recalls = new Recalls();

    @Option(
            names = "--measured-layers",
            paramLabel = "N",
            defaultValue = "4",
            description = "Limited layers of the model in that file (default ${DEFAULT-VALUE}, needle-5m's).")
    private int measuredLayers;

    @Option(names = "--overlap", description = "Pages are recalled while the rest of the step runs.")
    private boolean overlap;

    @Option(
            names = "--cache-memory",
            paramLabel = "GIB",
            defaultValue = "40",
            description = "Memory for keys, values and digests of the largest batch (default ${DEFAULT-VALUE} GiB).")
    private double cacheMemory;

    @Option(
            names = "--generated",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Tokens that a sequence must have room to grow by (default ${DEFAULT-VALUE}).")
    private int generated;

    @Option(
            names = "--batch-sizes",
            paramLabel = "KIND",
            defaultValue = "powers-of-two",
            description = "Sizes tried for the largest batch: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private BatchSizes batchSizes = BatchSizes.POWERS_OF_TWO;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public SimulateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        output.open();
        try (var notebook = Notebook.inMemory();
                var lab = new OpenLab()) {
            output.write(terminal, measure(notebook, lab));
        }
    }

    @Override
    public void check() {
        Inputs.count("--measured-layers", measuredLayers);
    }

    @Override
    public Measured measure(Notebook notebook, OpenLab none) {
        check();
        var costs = costs();
        var limit = new MemoryLimit(cacheMemory, generated, batchSizes);
        var chosen = policies.stream().map(PolicyCost::named).toList();
        var simulation = Simulation.run(costs, chosen, settings(costs.model()), batch, tokens, budgets, limit);
        var devices = tensorParallel == 1 ? "" : tensorParallel + " x ";
        var origin = new Origin(
                0, costs.model().name(), "cost-model", devices + costs.gpu().name());
        var report = notebook.table(
                OptionIdentity.of(spec),
                () -> Report.of(SimulationTable.COLUMNS, simulation.rows()).withOrigin(origin));
        return new Measured("simulate", report, origin, SimulationTable.text(simulation));
    }

    private CostModel costs() {
        var described = Descriptions.gpu(gpu);
        return new CostModel(
                described,
                Descriptions.model(model),
                tensorParallel,
                software,
                launchCost == null ? software.launchCost(described) : launchCost);
    }

    private Simulation.Settings settings(LanguageModel described) {
        var rates = rates();
        var assumed = recalls.pages != null
                ? recalls.pages
                : Figure9.RECALLS_PER_STEP / Math.max(1, described.layers() - denseLayers);
        return (length, budget) -> new CacheSetting(
                budget,
                pageSize,
                2,
                2,
                denseLayers,
                scope,
                rates != null ? rates.of(length, budget) : assumed,
                overlap);
    }

    private @Nullable RecallRates rates() {
        var file = recalls.file;
        if (file == null) {
            return null;
        }
        var csv = Inputs.readText("result file", file);
        return RecallRates.read(file.toString(), csv, measuredLayers);
    }
}
