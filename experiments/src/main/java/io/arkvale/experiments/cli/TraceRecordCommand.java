package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.Recording;
import io.arkvale.experiments.engine.RunSpec;
import io.arkvale.experiments.engine.Workbench;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.trace.TraceWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Records a run. */
@Command(
        name = "record",
        description = {
            "Record queries, keys and values of all layers and steps of a run to a safetensors file.",
            "The context is prefilled, the question fed token by token, the answer decoded greedily under the policy."
        })
final class TraceRecordCommand implements Runnable {
    private static final int DEFAULT_LENGTH = 10_000;

    /** More than a trace can hold in practice, and few enough to be added to. */
    private static final int MOST_TOKENS = 1 << 24;

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The trace to write.")
    private Path file = Path.of("");

    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            description = "The context (default: a passkey in the middle of filler, and its question).")
    private @Nullable Path prompt;

    @Option(
            names = "--question",
            paramLabel = "TEXT",
            description = "Fed token by token after the prompt file (default: the file's last token).")
    private @Nullable String question;

    @Option(
            names = "--length",
            paramLabel = "CHARACTERS",
            description = "Filler characters around the passkey (default 10000).")
    private @Nullable Integer length;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens to decode after the question (default ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            defaultValue = "full",
            description = "The policy of the decode steps, with options of its own if wanted"
                    + " (default ${DEFAULT-VALUE}).")
    private String policy = "";

    @Option(
            names = "--budget",
            paramLabel = "TOKENS",
            defaultValue = "1024",
            description = "Budget in tokens (default ${DEFAULT-VALUE}).")
    private int budget;

    enum Queries {
        all,
        last
    }

    @Option(
            names = "--context-queries",
            paramLabel = "WHICH",
            defaultValue = "all",
            description = "Queries kept of the context: ${COMPLETION-CANDIDATES}, which are the last 256; policies that"
                    + " need all cannot be replayed then (default ${DEFAULT-VALUE}).")
    private Queries queries = Queries.all;

    @Mixin
    private ArkValeOptions arkVale = new ArkValeOptions();

    @Mixin
    private RunOptions options = new RunOptions();

    TraceRecordCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Inputs.atLeast(1, "--length", characters());
        Inputs.within(1, MOST_TOKENS, "--max-tokens", maxTokens);
        if (prompt == null && question != null) {
            throw new UserException("--question belongs to a prompt of yours; name its file with --prompt-file");
        }
        if (prompt != null && length != null) {
            throw new UserException("--length belongs to the passkey's filler; leave it out with --prompt-file");
        }
        if (question != null && question.isEmpty()) {
            throw new UserException("--question is empty; allowed: at least one character");
        }
        var text = prompt == null ? null : Inputs.read("prompt file", prompt);
        var run = new RunSpec(arkVale.parse(policy), budget, arkVale.denseLayers());
        TraceWriter.requireWritable(file);
        try (var setup = options.open(List.of(run))) {
            var bench = setup.bench();
            var plan = plan(bench, text);
            bench.requireRoom("the prompt with --max-tokens " + maxTokens, plan.tokens());
            setup.warnBeyondTraining(terminal, plan.tokens());
            terminal.err().println(options.origin(setup).sentence());
            var header = Recording.record(bench, plan, run, file, setup.model(), options.seed());
            terminal.err()
                    .println("wrote " + file + ": " + header.contextTokens() + " tokens of context and "
                            + header.steps() + " steps, " + size() + " bytes");
        }
    }

    private int characters() {
        return length == null ? DEFAULT_LENGTH : length;
    }

    private Recording.Plan plan(Workbench bench, byte @Nullable [] text) {
        var all = queries == Queries.all;
        if (text == null) {
            var episode = new Passkey()
                    .episodes(characters(), 2, new SplittableRandom(options.seed()))
                    .getLast();
            var asked = episode.questions().getFirst().text();
            return new Recording.Plan(bench.tokens(episode.context()), bench.tokens(asked), maxTokens, all);
        }
        var tokens = bench.tokens(text);
        if (question != null && tokens.length > 0) {
            return new Recording.Plan(tokens, bench.tokens(question), maxTokens, all);
        }
        if (tokens.length < 2) {
            throw new UserException("prompt file " + prompt + " has " + tokens.length + " tokens; at least "
                    + (question == null ? "2 are" : "1 is") + " needed");
        }
        var last = tokens.length - 1;
        return new Recording.Plan(
                Arrays.copyOf(tokens, last), Arrays.copyOfRange(tokens, last, last + 1), maxTokens, all);
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UserException("trace file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
