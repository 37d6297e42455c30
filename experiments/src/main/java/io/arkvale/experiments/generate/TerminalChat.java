package io.arkvale.experiments.generate;

import io.arkvale.experiments.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A conversation at a terminal: a line is a turn, and a line that begins with a slash is a command. */
public final class TerminalChat {
    private static final String HELP = """
            A line is a turn. Commands:
              /stats   what the last turn took, and what the cache holds
              /reset   forgets the conversation
              /help    this text
              /quit    ends, as the end of the input does""";

    private final Turns turns;
    private final BufferedReader in;
    private final Consumer<byte[]> out;
    private final PrintStream messages;
    private final boolean prompts;
    private final boolean statsEachTurn;
    private boolean spoken;

    /**
     * A conversation that has not begun.
     *
     * @param in lines
     * @param out takes the answers, each with a line's end
     * @param messages everything else
     * @param prompts whether somebody types: then it says when it is their turn
     * @param statsEachTurn whether figures follow every turn
     */
    public TerminalChat(
            Turns turns,
            BufferedReader in,
            Consumer<byte[]> out,
            PrintStream messages,
            boolean prompts,
            boolean statsEachTurn) {
        this.turns = turns;
        this.in = in;
        this.out = out;
        this.messages = messages;
        this.prompts = prompts;
        this.statsEachTurn = statsEachTurn;
    }

    /**
     * Goes on until the input ends or somebody quits.
     *
     * @param first what is said before the first line, if anything
     */
    public void run(byte @Nullable [] first) {
        if (first != null) {
            turn(first);
        }
        while (true) {
            if (prompts) {
                messages.print("> ");
                messages.flush();
            }
            var line = nextLine();
            if (line == null) {
                if (prompts) {
                    messages.println();
                }
                return;
            }
            if (line.strip().equals("/quit")) {
                return;
            }
            if (line.startsWith("/")) {
                command(line.strip());
            } else if (!line.isBlank()) {
                turn(line.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private @Nullable String nextLine() {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    private void command(String command) {
        switch (command) {
            case "/help" -> messages.println(HELP);
            case "/stats" -> messages.println(spoken ? turns.stats() : "There has been no turn yet.");
            case "/reset" -> {
                turns.forget();
                spoken = false;
                messages.println("The conversation is forgotten.");
            }
            default -> messages.println("There is no command " + command + "; /help lists them.");
        }
    }

    /** A turn that cannot be taken is said and costs nothing but itself. */
    private void turn(byte[] words) {
        boolean first = !spoken;
        try {
            turns.take(words, length -> {}, out);
        } catch (UserException e) {
            messages.println("arkvale: " + e.getMessage() + "; /reset begins anew");
            return;
        }
        out.accept(new byte[] {'\n'});
        spoken = true;
        if (!first && turns.reading() == GrowingText.Reading.ANEW) {
            messages.println(
                    "(The whole text was read anew: it no longer begins with what was read, or there was no room.)");
        }
        if (statsEachTurn) {
            messages.println(turns.stats());
        }
    }
}
