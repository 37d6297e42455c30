package io.arkvale.experiments.cli.experiment;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.NotebookOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.drawing.ChartDrawing;
import io.arkvale.experiments.figure.Figure;
import io.arkvale.experiments.figure.Figures;
import io.arkvale.experiments.input.StrictJson;
import io.arkvale.experiments.page.HtmlReport;
import io.arkvale.experiments.page.HtmlReport.Part;
import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.OutputDirectory;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.Rows;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.sweep.SweepFile.Experiment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

/** Redraws the paper's figures and tables, and writes one report about them. */
@Command(
        name = "reproduce",
        description = {
            "Redraw the paper's figures and tables, each as CSV and SVG, and put them in one HTML report with the paper's"
                    + " values beside.",
            "Interrupted, it goes on where it was: results that are in the directory are not measured again.",
            "The report holds every figure whose results are in the directory, those of earlier calls too."
        })
public final class ReproduceCommand implements Runnable {
    private static final String COMMAND = "command";

    /** Of {@code bench model}, without which a step says nothing. */
    private static final List<String> STEP_COLUMNS = List.of(
            "shape",
            "kind",
            "batch",
            "context",
            "budget",
            "dense_layers",
            "page_size",
            "median_ms",
            "recalls_per_layer",
            "device");

    private final Terminal terminal;
    private final Function<Terminal, CommandLine> commands;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FIGURE",
            description = "table1, fig3, fig4a, fig4b, fig7, fig8, fig9, page-size, or all.")
    private List<String> names = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory of the results.")
    private Path out = Path.of("");

    @Option(names = "--quick", description = "Smaller samples, in minutes.")
    private boolean quick;

    @Option(
            names = "--backend",
            paramLabel = "ID",
            description = "Backend (default: the best one available; see 'arkvale backends').")
    private @Nullable String backend;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory, HuggingFace layout (default: the shipped one).")
    private @Nullable String model;

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one per processor).")
    private @Nullable String threads;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random (default 1).")
    private @Nullable String seed;

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            description = "Set an option of every experiment whose command knows it, as in --set samples=5.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--measured",
            paramLabel = "FILE",
            split = ",",
            description =
                    "With fig9: steps of whole models, bench-model.json as 'bench model --out' writes it, one or more.")
    private List<Path> measured = List.of();

    @Mixin
    private NotebookOptions notebooks = new NotebookOptions();

    /**
     * The command.
     *
     * @param commands makes all commands, which measure what figures show
     */
    public ReproduceCommand(Terminal terminal, Function<Terminal, CommandLine> commands) {
        this.terminal = terminal;
        this.commands = commands;
    }

    @Override
    public void run() {
        var figures = Figures.named(names);
        if (!measured.isEmpty() && !figures.contains(Figures.OF_STEPS)) {
            throw new UserException("--measured belongs to " + Figures.OF_STEPS.name() + "; name that figure too");
        }
        var steps = measured.stream().map(ReproduceCommand::steps).toList();
        ChartDrawing.requireFonts();
        var directory = OutputDirectory.open(out);
        var parts = new ArrayList<Part>();
        var results = new ArrayList<Report>();
        try (var notebook = notebooks.open(terminal, out.resolve("data"));
                var runner = new ExperimentRunner(terminal, commands, notebook)) {
            for (var figure : Figures.named(List.of(Figures.ALL))) {
                if (figures.contains(figure)) {
                    var report = measure(runner, figure);
                    if (figure.equals(Figures.OF_STEPS)) {
                        report = Report.union(
                                Stream.concat(Stream.of(report), steps.stream()).toList());
                    }
                    directory.write(figure.name(), report);
                    results.add(report);
                    var part = part(figure, report);
                    part.pictures().forEach((name, svg) -> directory.write(name + ".svg", svg));
                    parts.add(part);
                } else {
                    measuredBefore(figure).ifPresent(report -> {
                        results.add(report);
                        parts.add(part(figure, report));
                    });
                }
            }
        }
        directory.write("report.html", HtmlReport.of(ReproduceContext.of(results, commandLine()), parts));
        terminal.out().print(table(parts));
        terminal.err().println("wrote report.html, and CSV and SVG files, to " + out);
    }

    private Report measure(ExperimentRunner runner, Figure figure) {
        var all = commands.apply(terminal);
        return Report.union(Figures.experiments(figure, quick).stream()
                .map(experiment -> withOptions(all, experiment))
                .map(experiment -> runner.results(experiment)
                        .prepend(COMMAND, "./arkvale " + String.join(" ", experiment.arguments()))
                        .prepend("experiment", experiment.name()))
                .toList());
    }

    /** Steps that were timed before, as rows of a figure. */
    private static Report steps(Path file) {
        var report = parsed(file, "'bench model --out' writes", "name the bench-model.json that it wrote");
        for (var column : STEP_COLUMNS) {
            if (!report.columns().contains(column)) {
                throw new UserException("result file " + file + " lacks " + column
                        + "; --measured takes the bench-model.json that 'bench model --out' writes");
            }
        }
        return report.prepend(COMMAND, "./arkvale bench model").prepend("experiment", Figures.MEASURED);
    }

    /** Results of a figure that an earlier call left in the directory: its part of the report stays. */
    private Optional<Report> measuredBefore(Figure figure) {
        var file = out.resolve(figure.name() + ".json");
        return Files.exists(file)
                ? Optional.of(
                        parsed(file, "'reproduce' wrote there", "delete it, or name another directory with --out"))
                : Optional.empty();
    }

    private static Report parsed(Path file, String written, String cure) {
        try {
            return Formats.parse(Inputs.readText("result file", file).getBytes(StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new UserException(
                    "result file " + file + " is not what " + written + " (" + StrictJson.reason(e) + "); " + cure, e);
        }
    }

    private static Part part(Figure figure, Report report) {
        var rows = Rows.of(report);
        return Part.of(figure, figure.draw(rows), rows.distinct(COMMAND));
    }

    /** The experiment with those of the options given here that its command knows, in place of its own. */
    private Experiment withOptions(CommandLine all, Experiment experiment) {
        var own = experiment.arguments();
        var command = all.getSubcommands().get(own.getFirst());
        var known = Objects.requireNonNull(command, own.getFirst()).getCommandSpec();
        var options = new LinkedHashMap<String, String>();
        for (int i = 1; i < own.size(); i += 2) {
            options.put(own.get(i), own.get(i + 1));
        }
        options().forEach((option, value) -> {
            if (means(known.findOption(option), spec.findOption(option))) {
                options.put(option, value);
            }
        });
        var arguments = new ArrayList<>(List.of(own.getFirst()));
        options.forEach((option, value) -> arguments.addAll(List.of(option, value)));
        return new Experiment(experiment.name(), List.copyOf(arguments));
    }

    /** Whether a command has an option, and means by it what this one means, if this one has it. */
    private static boolean means(@Nullable OptionSpec theirs, @Nullable OptionSpec ours) {
        return theirs != null && (ours == null || ours.paramLabel().equals(theirs.paramLabel()));
    }

    private Map<String, String> options() {
        var given = new LinkedHashMap<String, String>();
        put(given, "--backend", backend);
        put(given, "--model", model);
        put(given, "--threads", threads);
        put(given, "--seed", seed);
        set.forEach((option, value) -> given.put("--" + option, value));
        return given;
    }

    private String commandLine() {
        var words = new ArrayList<String>(List.of("reproduce"));
        words.addAll(names);
        if (quick) {
            words.add("--quick");
        }
        measured.forEach(file -> words.addAll(List.of("--measured", file.toString())));
        options().forEach((option, value) -> words.addAll(List.of(option, value)));
        return String.join(" ", words);
    }

    private static void put(Map<String, String> options, String name, @Nullable String value) {
        if (value != null) {
            options.put(name, value);
        }
    }

    private static TextTable table(List<Part> parts) {
        var table = new TextTable(List.of("figure", "what it shows", "comparisons that agree"));
        parts.forEach(
                part -> table.row(List.of(part.figure().name(), part.figure().title(), part.agreement())));
        return table;
    }
}
