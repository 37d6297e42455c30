package io.arkvale.experiments.cli;

import io.arkvale.experiments.observe.Measure;
import io.arkvale.experiments.observe.Passage;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.report.TextTable;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.task.HeldOutText;
import io.arkvale.experiments.task.Needles;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Full attention of a text, looked at page by page. */
@Command(
        name = "attention",
        description = {
            "Look at the full attention of a text page by page while it is fed token by token.",
            "sparsity: how few pages hold most of it; ranks: where each page of the context stands from step to step;",
            "digests: of the pages with the largest scores, the share that each digest finds."
        })
final class AttentionCommand implements Runnable {
    private static final int NEEDLES = 16;
    private static final int TURNS = 6;

    private final Terminal terminal;

    @Option(names = "--measure", required = true, description = "What to measure: ${COMPLETION-CANDIDATES}.")
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
                    "In place of a text: prefill so much filler that hides 16 numbers, then feed six questions about"
                            + " them with their answers, as far as --tokens goes.")
    private @Nullable Integer filler;

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Tokens a page (default ${DEFAULT-VALUE}).")
    private int pageSize;

    @Option(
            names = "--dense-layers",
            paramLabel = "N",
            defaultValue = "2",
            description = "First layers, of which ranks and digests are not asked (default ${DEFAULT-VALUE}).")
    private int denseLayers;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    AttentionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Inputs.within(1, 1024, "--page-size", pageSize);
        Inputs.atLeast(pageSize, "--context", context);
        Inputs.atLeast(1, "--tokens", tokens);
        Inputs.atLeast(1, "--filler", filler == null ? 1 : filler);
        output.open();
        try (var setup = options.open(measure.needsBackend())) {
            var bench = setup.bench();
            Inputs.within(0, bench.model().config().layers() - 1, "--dense-layers", denseLayers);
            var passage = passage(bench);
            bench.requireRoom("the text", passage.tokens().length);
            setup.warnBeyondTraining(terminal, passage.tokens().length);
            Report report;
            try (var progress = Progress.start(terminal, "attention", passage.fed(), "tokens")) {
                report = measure.of(bench, passage, pageSize, denseLayers, progress::step);
            }
            var table = TextTable.of(report).toString();
            output.write(terminal, "attention", report, options.origin(setup), table);
        }
    }

    private Passage passage(Lab bench) {
        if (filler != null) {
            var random = new SplittableRandom(options.seed());
            var episode =
                    new Needles(NEEDLES, TURNS).episodes(filler, 1, random).getFirst();
            return Passage.of(bench, episode, tokens);
        }
        var bytes = text == null ? HeldOutText.bytes() : Inputs.read("text file", text);
        return Passage.of(bench, bytes, context, tokens);
    }
}
