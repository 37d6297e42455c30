package io.arkvale.experiments.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and messages
 * @param interactive whether a person watches: only then is progress drawn
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive) {
    /** The process's own streams. */
    @SuppressWarnings("SystemConsoleNull") // it is null where no line editor is among the modules
    static Terminal system() {
        var console = System.console();
        return new Terminal(System.out, System.err, console != null && console.isTerminal());
    }
}
