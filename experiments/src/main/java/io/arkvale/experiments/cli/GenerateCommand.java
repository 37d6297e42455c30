package io.arkvale.experiments.cli;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.option.ArkValeOptions;
import io.arkvale.experiments.cli.option.Inputs;
import io.arkvale.experiments.cli.option.PolicyNames;
import io.arkvale.experiments.cli.option.RunOptions;
import io.arkvale.experiments.cli.option.SamplingOptions;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.generate.Conversation;
import io.arkvale.experiments.generate.Speaker;
import io.arkvale.experiments.generate.TerminalChat;
import io.arkvale.experiments.generate.Turns;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.llama.text.ChatTemplate;
import io.arkvale.llama.text.EndTokens;
import io.arkvale.llama.text.Tokenizer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Continues a prompt, or talks, under a policy. */
@Command(
        name = "generate",
        description = {
            "Continue a prompt under one policy, or talk with the model at the terminal.",
            "Standard output gets exactly the generated text as it comes; everything else goes to standard error.",
            "A generation ends at the model's own end of text, at a text given with --stop, or after --max-tokens."
        })
public final class GenerateCommand implements Runnable {
    /** Tokens of later turns for which a talk keeps room. */
    private static final int SPARE = 4096;

    private final Terminal terminal;

    @ArgGroup
    private @Nullable Prompt prompt;

    /** One or the other. */
    static final class Prompt {
        @Option(names = "--prompt", paramLabel = "TEXT", description = "The prompt.")
        private @Nullable String text;

        @Option(names = "--prompt-file", paramLabel = "FILE", description = "A file with the prompt.")
        private @Nullable Path file;

        byte[] bytes() {
            return text != null ? text.getBytes(StandardCharsets.UTF_8) : Inputs.read("prompt file", orThis(file));
        }

        private static Path orThis(@Nullable Path file) {
            return file == null ? Path.of("") : file;
        }
    }

    @Option(names = "--chat", description = "The prompt is a message: write it by the model's chat template.")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "With --chat: the system's message.")
    private @Nullable String system;

    @Option(
            names = "--interactive",
            description =
                    "Talk at the terminal, one line per turn; with --chat by the model's chat template. /help lists commands.")
    private boolean interactive;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            defaultValue = "arkvale",
            completionCandidates = PolicyNames.class,
            description =
                    "The policy, with options of its own if wanted (default ${DEFAULT-VALUE}). " + PolicyNames.HELP)
    private String policy = "";

    @Option(
            names = "--budget",
            paramLabel = "TOKENS",
            defaultValue = "1024",
            description = "Budget in tokens (default ${DEFAULT-VALUE}).")
    private int budget;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "200",
            description = "Most tokens to generate, per turn (default ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description =
                    "End before this text; may be given several times. \\n, \\t and \\\\ are a line's end, a tab and a"
                            + " backslash.")
    private List<String> stops = new ArrayList<>();

    @Option(
            names = "--stats",
            description = "Say what each turn took: tokens per second, memory, hits and recalls per step.")
    private boolean stats;

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private ArkValeOptions arkVale = new ArkValeOptions();

    @Mixin
    private RunOptions options = new RunOptions();

    public GenerateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        Inputs.atLeast(1, "--max-tokens", maxTokens);
        if (prompt == null && !interactive) {
            throw new UserException(
                    "there is no prompt; give one with --prompt or --prompt-file, or talk with --interactive");
        }
        if (system != null && !chat) {
            throw new UserException("--system is a message of a chat; it needs --chat");
        }
        if (stops.contains("")) {
            throw new UserException("--stop is empty; allowed: one character or more");
        }
        var words = prompt == null ? null : prompt.bytes();
        var sampler = sampling.sampler(options.seed());
        var choice = arkVale.parse(policy, options.seed());
        arkVale.requireUsed(List.of(choice));
        var run = new RunSpec(choice, budget, arkVale.denseLayers());
        var directory = options.directory();
        var conversation = conversation(directory);
        var ends = EndTokens.read(directory);
        try (var lab = options.open(terminal, List.of(run))) {
            var speaker = new Speaker(
                    lab.tokenizer(),
                    sampler,
                    ends,
                    stops.stream().map(GenerateCommand::unescape).toList(),
                    maxTokens);
            try (var turns =
                    new Turns(lab, run, conversation.apply(lab.tokenizer()), speaker, interactive ? SPARE : 0)) {
                terminal.err().println(lab.origin(options.seed()).sentence());
                if (interactive) {
                    talk(turns, words);
                } else if (words != null) {
                    turns.take(words, length -> options.warnBeyondTraining(terminal, length), this::write);
                    if (terminal.interactive() || stats) {
                        terminal.err().println(); // the text itself has no line's end
                    }
                    if (stats) {
                        terminal.err().println(turns.stats());
                    }
                }
            }
        }
    }

    /** What is looked at before the weights. */
    private Function<Tokenizer, Conversation> conversation(Path directory) {
        if (!chat) {
            return Conversation::plain;
        }
        var template = ChatTemplate.read(directory)
                .orElseThrow(
                        () -> new UserException("model " + directory + " has no chat template (chat_template.jinja, or"
                                + " chat_template in tokenizer_config.json); leave out --chat to continue plain text"));
        return tokenizer -> Conversation.chat(tokenizer, template, system);
    }

    private void talk(Turns turns, byte @Nullable [] first) {
        if (terminal.interactive()) {
            terminal.err()
                    .println(
                            chat
                                    ? "A line is a message. /help lists commands, /quit ends."
                                    : "A line goes on with the text, and the model goes on with yours. /help lists commands,"
                                            + " /quit ends.");
        }
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        new TerminalChat(turns, in, this::write, terminal.err(), terminal.interactive(), stats).run(first);
    }

    private void write(byte[] text) {
        terminal.out().writeBytes(text);
        terminal.out().flush();
    }

    private static String unescape(String text) {
        var plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            int escape = text.charAt(i) == '\\' ? "nt\\".indexOf(next) : -1;
            plain.append(escape < 0 ? text.charAt(i) : "\n\t\\".charAt(escape));
            i += escape < 0 ? 0 : 1;
        }
        return plain.toString();
    }
}
