package io.arkvale.experiments.cli;

import io.arkvale.experiments.cli.experiment.ReproduceCommand;
import io.arkvale.experiments.cli.experiment.ResultsCommand;
import io.arkvale.experiments.cli.experiment.SweepCommand;
import io.arkvale.experiments.cli.serve.LoadCommand;
import io.arkvale.experiments.cli.serve.ServeCommand;
import io.arkvale.experiments.cli.simulate.SimulateCommand;
import io.arkvale.experiments.cli.task.CopyCommand;
import io.arkvale.experiments.cli.task.LongBenchCommand;
import io.arkvale.experiments.cli.task.NeedlesCommand;
import io.arkvale.experiments.cli.task.NiahCommand;
import io.arkvale.experiments.cli.task.PasskeyCommand;
import io.arkvale.experiments.cli.task.PerplexityCommand;
import io.arkvale.experiments.cli.task.RecordsCommand;
import io.arkvale.experiments.cli.task.TaskCommand;
import io.arkvale.experiments.cli.task.VariablesCommand;
import io.arkvale.experiments.cli.task.WordsCommand;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.cli.trace.TraceCommand;
import io.arkvale.experiments.cli.trace.TraceRecordCommand;
import io.arkvale.experiments.cli.trace.TraceReplayCommand;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.llama.Llama;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The commands by name, in the order of the help. Each is made when it is asked for: to make all takes a third of a second. */
final class Commands {
    private final Map<String, Maker> makers = new LinkedHashMap<>();

    /**
     * @param terminal where they print
     * @param lines of all commands, for those that run or complete others
     */
    Commands(Terminal terminal, Function<Terminal, CommandLine> lines) {
        model("passkey", () -> new PasskeyCommand(terminal));
        model("needles", () -> new NeedlesCommand(terminal));
        model("copy", () -> new CopyCommand(terminal));
        model("records", () -> new RecordsCommand(terminal));
        model("niah", () -> new NiahCommand(terminal));
        model("variables", () -> new VariablesCommand(terminal));
        model("words", () -> new WordsCommand(terminal));
        model("longbench", () -> new LongBenchCommand(terminal));
        model("task", () -> new TaskCommand(terminal));
        model("perplexity", () -> new PerplexityCommand(terminal));
        model("attention", () -> new AttentionCommand(terminal));
        model("generate", () -> new GenerateCommand(terminal));
        model("serve", () -> new ServeCommand(terminal));
        other("load", () -> new LoadCommand(terminal));
        other(
                "bench",
                () -> new CommandLine(new BenchCommand(terminal)).addSubcommand(new BenchModelCommand(terminal)));
        other("simulate", () -> new SimulateCommand(terminal));
        other("sweep", () -> new SweepCommand(terminal, lines));
        other("results", () -> new ResultsCommand(terminal));
        other(
                "trace",
                () -> new CommandLine(new TraceCommand())
                        .addSubcommand(new TraceRecordCommand(terminal))
                        .addSubcommand(new TraceReplayCommand(terminal)));
        other("reproduce", () -> new ReproduceCommand(terminal, lines));
        other("chart", () -> new ChartCommand(terminal));
        other("policies", () -> new PoliciesCommand(terminal));
        other("backends", () -> new BackendsCommand(terminal));
        other("conformance", () -> new ConformanceCommand(terminal));
        other("completion", () -> new CompletionCommand(terminal, lines));
    }

    /** One that always runs a model. */
    private void model(String name, Supplier<Object> made) {
        makers.put(name, new Maker(true, made));
    }

    private void other(String name, Supplier<Object> made) {
        makers.put(name, new Maker(false, made));
    }

    Set<String> names() {
        return makers.keySet();
    }

    void addAll(CommandLine line) {
        makers.values().forEach(maker -> line.addSubcommand(maker.made.get()));
    }

    /**
     * Adds the command that the arguments begin with alone; all of them if they begin otherwise. What a model's passes wait
     * for begins at once, beside the reading of the arguments.
     */
    void addFirst(CommandLine line, String... arguments) {
        var maker = arguments.length == 0 ? null : makers.get(arguments[0]);
        if (maker == null) {
            addAll(line);
        } else {
            if (maker.runsModel) {
                Llama.prepare(DenseKernels.vector());
            }
            line.addSubcommand(maker.made.get());
        }
    }

    private record Maker(boolean runsModel, Supplier<Object> made) {}
}
