package io.arkvale.experiments.cli.terminal;

import io.arkvale.api.ImmediateException;
import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.llama.files.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine.ExitCode;

/** Turns what a command throws into one sentence and an exit code. */
public final class Failures {
    private Failures() {}

    /** Prints the error and returns the exit code: 2 for wrong input, 1 for everything else. */
    public static int report(Terminal terminal, Throwable error, boolean stacktrace) {
        var input = isInput(error);
        var known = input || error instanceof OutputLostException;
        var sentence = known ? String.valueOf(error.getMessage()) : "failed: " + describe(error);
        terminal.err().println("arkvale: " + sentence.replace('\n', ' '));
        if (stacktrace) {
            error.printStackTrace(terminal.err());
        } else if (!known) {
            terminal.err().println("Run again with --stacktrace to see where.");
        }
        return input ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    private static boolean isInput(Throwable error) {
        return error instanceof UserException
                || error instanceof ImmediateException
                || error instanceof ModelFormatException;
    }

    private static String describe(Throwable error) {
        return switch (error) {
            case OutOfMemoryError _ ->
                "there is not enough memory for this; take smaller numbers, or give the virtual machine more, as in"
                        + " ARKVALE_JAVA_OPTS=-Xmx4g";
            case NegativeArraySizeException _ -> "a number is too large for this";
            case ArithmeticException _ -> "a number is too large for this";
            case UncheckedIOException io -> FileReason.of(io.getCause());
            case IOException io -> FileReason.of(io);
            default -> error.getMessage() == null ? "an error in the program" : error.getMessage();
        };
    }
}
