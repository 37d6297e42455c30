package io.arkvale.experiments.cli.serve;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.BackendOptions;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.ModelOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.run.Lab;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.text.ChatTemplate;
import io.arkvale.llama.text.EndTokens;
import io.arkvale.serving.Engine;
import io.arkvale.serving.EngineOptions;
import io.arkvale.serving.EngineOptions.Residence;
import io.arkvale.serving.http.HttpLimits;
import io.arkvale.serving.http.HttpPort;
import io.arkvale.serving.http.HttpService;
import io.arkvale.serving.http.ServedModel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a model over HTTP until it is stopped. */
@Command(
        name = "serve",
        description = {
            "Serve a model over HTTP by OpenAI's completions and chat completions, streamed or whole.",
            "It listens on this machine alone unless --host says otherwise, and asks nobody who they are."
        })
public final class ServeCommand implements Runnable {
    private final Terminal terminal;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Port, or 0 for any that is free (default ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--budget",
            paramLabel = "TOKENS",
            defaultValue = "1024",
            description =
                    "Budget of requests that name none; 0 keeps and attends to everything (default ${DEFAULT-VALUE}).")
    private int budget;

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
            names = "--head-groups",
            paramLabel = "N",
            description =
                    "Groups of KV heads, each of which chooses its own pages; a backend of several devices gives each some of"
                            + " them (default 1, or as many as there are with --backend shards).")
    private @Nullable Integer headGroups;

    @Option(
            names = "--full-until-pressure",
            description =
                    "Keep and attend to whole texts while there is room, and go down to budgets when there is none.")
    private boolean fullUntilPressure;

    @Option(
            names = "--texts",
            paramLabel = "N",
            defaultValue = "8",
            description =
                    "Make the pools large enough for so many texts of --longest tokens (default ${DEFAULT-VALUE}).")
    private int texts;

    @Option(
            names = "--longest",
            paramLabel = "TOKENS",
            defaultValue = "8192",
            description = "See --texts (default ${DEFAULT-VALUE}, or the model's limit).")
    private int longest;

    @Option(
            names = "--device-slots",
            paramLabel = "N",
            description = "Device slots, in place of what --texts asks for.")
    private @Nullable Long deviceSlots;

    @Option(names = "--host-slots", paramLabel = "N", description = "Host slots, in place of what --texts asks for.")
    private @Nullable Long hostSlots;

    @Option(
            names = "--disk-slots",
            paramLabel = "N",
            defaultValue = "0",
            description = "Slots for backups in a file, when those of the host are full (default ${DEFAULT-VALUE}).")
    private long diskSlots;

    @Option(
            names = "--disk",
            paramLabel = "DIR",
            description = "Folder of that file (default: the system's for temporary files).")
    private Path disk = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--step-tokens",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Most tokens of a step, prompts and answers together (default ${DEFAULT-VALUE}).")
    private int stepTokens;

    @Option(
            names = "--most-running",
            paramLabel = "N",
            defaultValue = "64",
            description = "Most requests served at a time (default ${DEFAULT-VALUE}).")
    private int mostRunning;

    @Option(
            names = "--most-waiting",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Most requests that wait beside them (default ${DEFAULT-VALUE}).")
    private int mostWaiting;

    @Option(
            names = "--most-kept",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "Most texts kept after their requests, for those that begin alike (default ${DEFAULT-VALUE}).")
    private int mostKept;

    @Option(
            names = "--most-answer-tokens",
            paramLabel = "TOKENS",
            defaultValue = "4096",
            description = "Most tokens of an answer (default ${DEFAULT-VALUE}).")
    private int mostAnswerTokens;

    @Option(
            names = "--most-connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Most connections at a time (default ${DEFAULT-VALUE}).")
    private int mostConnections;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "From a request's arrival to the end of its answer (default ${DEFAULT-VALUE}).")
    private int timeLimit;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private BackendOptions backend = new BackendOptions();

    /** Serves for a terminal. */
    public ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Inputs.within(0, 65_535, "--port", port);
        Inputs.within(0, Inputs.MOST, "--budget", budget);
        Inputs.count("--texts", texts);
        Inputs.count("--longest", longest);
        Inputs.count("--most-answer-tokens", mostAnswerTokens);
        Inputs.count("--most-connections", mostConnections);
        Inputs.count("--time-limit", timeLimit);
        if (fullUntilPressure && budget == 0) {
            throw new UserException("--full-until-pressure goes down to budgets, so --budget must be above 0");
        }
        var settings = ownSettings();
        if (diskSlots > 0 && !Files.isDirectory(disk)) {
            throw new UserException("--disk is " + disk + "; allowed: a folder that exists");
        }
        var directory = model.directory();
        var config = LlamaConfig.read(directory);
        var spec = spec(config, settings);
        var options = engineOptions();
        var limits = new HttpLimits(
                HttpLimits.usual().bodyBytes(),
                mostAnswerTokens,
                mostConnections,
                HttpLimits.usual().requestTime(),
                Duration.ofSeconds(timeLimit));
        var template = ChatTemplate.read(directory);
        var ends = EndTokens.read(directory);
        // The port first: to load a model takes longer.
        try (var address = bind(limits);
                var lab = Lab.open(directory, machine(), model.form());
                var engine = Engine.open(lab.model(), lab.tokenizer(), ends, lab.backend(), spec, options)) {
            var served = new ServedModel(
                    directory.getFileName().toString(), lab.tokenizer(), template, settings, this::settings);
            try (var service = HttpService.start(engine, served, address)) {
                terminal.err()
                        .println("serving " + served.name() + " on "
                                + lab.backend().device() + " at http://" + host + ":"
                                + service.address().getPort() + "; end it with Ctrl+C");
                new CountDownLatch(1).await(); // until the process is stopped
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpPort bind(HttpLimits limits) {
        try {
            return HttpPort.bind(new InetSocketAddress(host, port), limits);
        } catch (IOException e) {
            throw new UserException(
                    "cannot listen at " + host + ":" + port + ": " + e.getMessage() + "; see --host and --port", e);
        }
    }

    private Machine machine() {
        return Machine.of(WorkerPool.shared(model.threads().threads()), backend.create(), backend.values());
    }

    private EngineOptions engineOptions() {
        try {
            return new EngineOptions(
                    stepTokens,
                    mostRunning,
                    mostWaiting,
                    mostKept,
                    fullUntilPressure ? Residence.FULL_UNTIL_PRESSURE : Residence.BUDGET);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private SequenceSpec ownSettings() {
        try {
            return settings(budget);
        } catch (InvalidArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()).replace("budgetTokens", "--budget"), e);
        }
    }

    private SequenceSpec settings(int tokens) {
        return tokens == 0
                ? SequenceSpec.full()
                : SequenceSpec.builder(pageSize)
                        .budgetTokens(tokens)
                        .denseLayers(denseLayers)
                        .build();
    }

    private CacheSpec spec(LlamaConfig config, SequenceSpec settings) {
        var shape = shape(config)
                .roomFor(settings, Math.min(longest, config.maxPositions()), texts, stepTokens)
                .build();
        var spec = shape(config)
                .deviceSlots(deviceSlots == null ? shape.deviceSlots() : deviceSlots)
                .hostSlots(hostSlots == null ? shape.hostSlots() : hostSlots);
        return diskSlots == 0 ? spec.build() : spec.disk(diskSlots, disk).build();
    }

    private CacheSpec.Builder shape(LlamaConfig config) {
        return CacheSpec.builder(config.layers(), config.queryHeads(), config.kvHeads(), config.headDim())
                .pageSize(pageSize)
                .headGroups(headGroups(config));
    }

    private int headGroups(LlamaConfig config) {
        if (headGroups == null) {
            return "shards".equals(backend.id()) ? config.kvHeads() : 1;
        }
        if (headGroups < 1 || config.kvHeads() % headGroups != 0) {
            throw new UserException(
                    "--head-groups is " + headGroups + "; allowed: divisors of the " + config.kvHeads() + " KV heads");
        }
        return headGroups;
    }
}
