package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.experiment.MeasuringCommand;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.PolicyOptions;
import io.arkvale.experiments.cli.option.RunOptions;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.TextResult;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.run.Perplexity;
import io.arkvale.experiments.run.Pieces;
import io.arkvale.experiments.task.HeldOutText;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Bits per byte of a text that is fed through the decode path. */
@Command(
        name = "perplexity",
        description = {
            "Bits per byte of a text that is fed token by token, after a prefilled beginning.",
            "One row per policy, one column per budget in tokens; less is better."
        })
public final class PerplexityCommand extends MeasuringCommand {
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

    public PerplexityCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public void check() {
        Inputs.count("--context", context);
        Inputs.count("--tokens", tokens);
        policies.grid(options.seed());
    }

    @Override
    public Optional<Pieces> pieces(OpenLab open) {
        check();
        return Optional.of(perplexity(lab(open)));
    }

    private Lab lab(OpenLab open) {
        return options.open(terminal(), open, policies.grid(options.seed()).runs());
    }

    private Perplexity perplexity(Lab lab) {
        var bytes = text == null ? HeldOutText.bytes() : Inputs.read("text file", text);
        var grid = policies.grid(options.seed());
        var all = lab.tokens(bytes);
        var needed = context + tokens + 1;
        if (all.length < needed) {
            throw new UserException("the text has " + all.length + " tokens; --context " + context + " and --tokens "
                    + tokens + " need " + needed);
        }
        lab.requireRoom("the text", needed);
        return new Perplexity(lab, all, context, tokens, grid, options.seed());
    }

    @Override
    public Measured measure(Notebook notebook, OpenLab open) {
        check();
        var lab = lab(open);
        var perplexity = perplexity(lab);
        options.warnBeyondTraining(terminal(), context + tokens + 1);
        List<TextResult> results;
        try (var progress = Progress.start(terminal(), "perplexity", tokens, "tokens")) {
            results = perplexity.measure(notebook, progress::step);
        }
        var origins = results.stream()
                .map(result -> result.blocks().getFirst().origin())
                .toList();
        var report = Report.of(TextResult.metrics(), results).withOrigins(origins);
        return new Measured("perplexity", report, lab.origin(options.seed()), table(results));
    }

    private String table(List<TextResult> results) {
        var table = new BudgetTable<>(policies.budgets(), TextResult::policy);
        return String.format(
                        Locale.ROOT, "perplexity, %,d tokens after a context of %,d: bits per byte%n", tokens, context)
                + table.of(
                        results,
                        result -> String.format(
                                Locale.ROOT, "%.4f", result.bitsPerByte().mean()));
    }
}
