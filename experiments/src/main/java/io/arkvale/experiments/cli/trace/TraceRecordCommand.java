package io.arkvale.experiments.cli.trace;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.ArkValeOptions;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.RunOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.trace.Recording;
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
public final class TraceRecordCommand implements Runnable {
    private static final int DEFAULT_LENGTH = 10_000;

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
            description = "Queries kept of the context: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}). last"
                    + " keeps those of 256 tokens; policies that need all can then not be replayed.")
    private Queries queries = Queries.all;

    @Mixin
    private ArkValeOptions arkVale = new ArkValeOptions();

    @Mixin
    private RunOptions options = new RunOptions();

    public TraceRecordCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Inputs.count("--length", characters());
        Inputs.within(1, Inputs.MOST, "--max-tokens", maxTokens);
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
        var choice = arkVale.parse(policy, options.seed());
        arkVale.requireUsed(List.of(choice));
        var run = new RunSpec(choice, budget, arkVale.denseLayers());
        TraceWriter.requireWritable(file);
        try (var lab = options.open(terminal, List.of(run))) {
            var plan = plan(lab, text);
            lab.requireRoom("the prompt with --max-tokens " + maxTokens, plan.tokens());
            options.warnBeyondTraining(terminal, plan.tokens());
            terminal.err().println(lab.origin(options.seed()).sentence());
            var header = Recording.record(lab, plan, run, file, lab.name(), options.seed());
            terminal.err()
                    .println("wrote " + file + ": " + header.contextTokens() + " tokens of context and "
                            + header.steps() + " steps, " + size() + " bytes");
        }
    }

    private int characters() {
        return length == null ? DEFAULT_LENGTH : length;
    }

    private Recording.Plan plan(Lab lab, byte @Nullable [] text) {
        var all = queries == Queries.all;
        if (text == null) {
            var episode = new Passkey()
                    .episodes(characters(), 2, new SplittableRandom(options.seed()))
                    .getLast();
            var asked = episode.questions().getFirst().text();
            return new Recording.Plan(lab.tokens(episode.context()), lab.moreTokens(asked), maxTokens, all);
        }
        var tokens = lab.tokens(text);
        if (question != null && tokens.length > 0) {
            return new Recording.Plan(tokens, lab.moreTokens(question), maxTokens, all);
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
            throw new UserException("trace file " + file + " cannot be read: " + FileReason.of(e), e);
        }
    }
}
