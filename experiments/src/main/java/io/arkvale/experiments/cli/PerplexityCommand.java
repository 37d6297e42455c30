package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.Perplexity;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.task.HeldOutText;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Bits per byte of a text that is fed through the decode path. */
@Command(
        name = "perplexity",
        description = {
            "Bits per byte of a text that is fed token by token, after a prefilled beginning.",
            "One row a policy, one column a budget in tokens; less is better."
        })
final class PerplexityCommand implements Runnable {
    private final Terminal terminal;

    @Option(names = "--text-file", paramLabel = "FILE", description = "The text (default: 16 KiB of held-out English).")
    private @Nullable Path text;

    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            defaultValue = "7168",
            description = "Tokens that are prefilled (default ${DEFAULT-VALUE}).")
    private int context;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Tokens that are fed and scored after them (default ${DEFAULT-VALUE}).")
    private int tokens;

    @Mixin
    private PolicyOptions policies = new PolicyOptions();

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    PerplexityCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Inputs.atLeast(1, "--context", context);
        Inputs.atLeast(1, "--tokens", tokens);
        var bytes = text == null ? HeldOutText.bytes() : Inputs.read("text file", text);
        var grid = policies.grid();
        output.open();
        try (var setup = options.open(grid.runs())) {
            var bench = setup.bench();
            var all = bench.tokens(bytes);
            var needed = Math.addExact(Math.addExact(context, tokens), 1);
            if (all.length < needed) {
                throw new UserException("the text has " + all.length + " tokens; --context " + context
                        + " and --tokens " + tokens + " need " + needed);
            }
            bench.requireRoom("the text", needed);
            setup.warnBeyondTraining(terminal, needed);
            List<Perplexity.Result> results;
            try (var progress = Progress.start(terminal, "perplexity", tokens, "tokens")) {
                results = Perplexity.measure(bench, all, context, tokens, grid, progress::step);
            }
            var report = Report.of(Perplexity.METRICS, results);
            output.write(terminal, "perplexity", report, options.origin(setup), table(results));
        }
    }

    private String table(List<Perplexity.Result> results) {
        var table = new BudgetTable<>(policies.budgets(), Perplexity.Result::policy);
        return String.format(
                        Locale.ROOT, "perplexity, %,d tokens after a context of %,d: bits per byte%n", tokens, context)
                + table.of(results, result -> String.format(Locale.ROOT, "%.4f", result.bitsPerByte()));
    }
}
