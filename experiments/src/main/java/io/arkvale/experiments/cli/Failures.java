package io.arkvale.experiments.cli;

import io.arkvale.api.ImmediateException;
import io.arkvale.experiments.UserException;
import io.arkvale.llama.files.ModelFormatException;
import picocli.CommandLine.ExitCode;

/** Turns what a command throws into one sentence and an exit code. */
final class Failures {
    private Failures() {}

    /** Prints the error and returns the exit code: 2 for wrong input, 1 for everything else. */
    static int report(Terminal terminal, Throwable error, boolean stacktrace) {
        var input = error instanceof UserException
                || error instanceof ImmediateException
                || error instanceof ModelFormatException;
        var sentence = input ? String.valueOf(error.getMessage()) : "failed: " + describe(error);
        terminal.err().println("arkvale: " + sentence.replace('\n', ' '));
        if (stacktrace) {
            error.printStackTrace(terminal.err());
        } else if (!input) {
            terminal.err().println("Run again with --stacktrace to see where.");
        }
        return input ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    private static String describe(Throwable error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }
}
