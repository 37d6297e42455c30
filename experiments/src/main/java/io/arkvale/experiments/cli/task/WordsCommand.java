package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.ruler.CommonWords;
import io.arkvale.experiments.task.ruler.FrequentWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** RULER's common and frequent words. */
@Command(
        name = "words",
        description = {
            "The most common words of a list, by RULER's rules.",
            "The score is the share of the words found; it asks for counting, which small models cannot do."
        })
public final class WordsCommand extends ScoredCommand {
    enum Kind {
        common,
        frequent
    }

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "common",
            description = "Ten common words, or three frequent coded ones: ${COMPLETION-CANDIDATES}"
                    + " (default ${DEFAULT-VALUE}).")
    private Kind kind = Kind.common;

    public WordsCommand(Terminal terminal) {
        super(terminal, 10);
    }

    @Override
    public Task task() {
        return kind == Kind.common ? new CommonWords() : new FrequentWords();
    }
}
