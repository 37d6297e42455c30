package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.experiment.MeasuringCommand;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.OptionIdentity;
import io.arkvale.experiments.cli.option.PolicyOptions;
import io.arkvale.experiments.cli.option.RunOptions;
import io.arkvale.experiments.cli.terminal.Progress;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.observe.Measure;
import io.arkvale.experiments.observe.Passage;
import io.arkvale.experiments.policy.page.Digests;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.task.HeldOutText;
import io.arkvale.experiments.task.Needles;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Full attention of a text, looked at page by page. */
@Command(
        name = "attention",
        description = {
            "Look at the full attention of a text page by page while it is fed token by token.",
            "sparsity: how few pages hold most of it; ranks: where each page of the context stands from step to step;",
            "digests: of the pages with the largest scores, the share that each digest finds;",
            "frontier: of the pages that a budget has room for, the share that each digest finds, beside its bits."
        })
public final class AttentionCommand extends MeasuringCommand {
    private static final int NEEDLES = 16;
    private static final int TURNS = 6;
    private static final List<Integer> BUDGETS = List.of(512, 1024);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--measure",
            paramLabel = "KIND",
            required = true,
            description = "What to measure: ${COMPLETION-CANDIDATES}.")
    private Measure measure = Measure.SPARSITY;

    @Option(names = "--text-file", paramLabel = "FILE", description = "The text (default: 16 KiB of held-out English).")
    private @Nullable Path text;

    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            defaultValue = "12288",
            description = "Tokens that are prefilled (default ${DEFAULT-VALUE}).")
    private int context;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "512",
            description = "Tokens that are fed after them (default ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--filler",
            paramLabel = "CHARACTERS",
            description =
                    "Characters of filler to read in place of a text. It hides 16 numbers; six questions about them follow,"
                            + " with their answers, as far as --tokens goes.")
    private @Nullable Integer filler;

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Tokens per page (default ${DEFAULT-VALUE}).")
    private int pageSize;

    @Option(
            names = "--digests",
            split = ",",
            paramLabel = "KIND",
            description =
                    "Digests that --measure digests or frontier compares: the paper's seven (the default), any that the policy"
                            + " 'pages' names, and any description such as disc-max*0.75/8@3+2 or"
                            + " disc-max*0.75/8@3+2:scales=frames.")
    private List<String> digests = List.of();

    @Option(
            names = "--budgets",
            split = ",",
            paramLabel = "TOKENS",
            description = "Budgets of --measure frontier, in tokens (default 512,1024).")
    private List<Integer> budgets = List.of();

    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "First layers, in which ranks and digests are not measured (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @Mixin
    private RunOptions options = new RunOptions();

    public AttentionCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public void check() {
        Inputs.within(1, 1024, "--page-size", pageSize);
        Inputs.within(pageSize, Inputs.MOST, "--context", context);
        Inputs.count("--tokens", tokens);
        Inputs.count("--filler", filler == null ? 1 : filler);
        if (!digests.isEmpty() && !measure.takesDigests()) {
            throw new UserException("--digests belongs to --measure digests or frontier");
        }
        if (!budgets.isEmpty() && measure != Measure.FRONTIER) {
            throw new UserException("--budgets belongs to --measure frontier");
        }
        for (int budget : budgets) {
            Inputs.within(5 * pageSize, Inputs.MOST, "--budgets", budget);
        }
        PolicyOptions.requireDistinct("--digests", digests);
        digests.forEach(Digests::named);
    }

    @Override
    public Measured measure(Notebook notebook, OpenLab open) {
        check();
        var identity = OptionIdentity.of(spec, options.identity(measure.needsBackend()));
        var lab = options.open(terminal(), open, measure.needsBackend());
        Inputs.within(0, lab.model().config().layers() - 1, "--dense-layers", denseLayers);
        var origin = lab.origin(options.seed());
        var report = notebook.table(identity, () -> observe(lab).withOrigin(origin));
        return new Measured("attention", report, origin, TextTable.of(report).toString());
    }

    private Report observe(Lab lab) {
        var passage = passage(lab);
        lab.requireRoom("the text", passage.tokens().length);
        options.warnBeyondTraining(terminal(), passage.tokens().length);
        try (var progress = Progress.start(terminal(), "attention", passage.fed(), "tokens")) {
            return measure.of(
                    lab,
                    passage,
                    pageSize,
                    denseLayers,
                    digests,
                    budgets.isEmpty() ? BUDGETS : budgets,
                    progress::step);
        }
    }

    private Passage passage(Lab lab) {
        if (filler != null) {
            var random = new SplittableRandom(options.seed());
            var episode =
                    new Needles(NEEDLES, TURNS).episodes(filler, 1, random).getFirst();
            return Passage.of(lab, episode, tokens);
        }
        var bytes = text == null ? HeldOutText.bytes() : Inputs.read("text file", text);
        return Passage.of(lab, bytes, context, tokens);
    }
}
