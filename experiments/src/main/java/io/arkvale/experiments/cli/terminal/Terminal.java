package io.arkvale.experiments.cli.terminal;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and messages
 * @param interactive whether a person watches: only then is progress drawn
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive) {
    /** Says something that the user should know. */
    public void note(String sentence) {
        err.println("arkvale: note: " + sentence);
    }

    /** The process's own streams; results that are lost are an error where they are written. */
    @SuppressWarnings("SystemConsoleNull") // it is null where no line editor is among the modules
    public static Terminal system() {
        var console = System.console();
        return new Terminal(
                LostOutput.guard(StandardOutput.open()), System.err, console != null && console.isTerminal());
    }
}
