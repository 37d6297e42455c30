package io.arkvale.llama.files;

import java.nio.file.Path;

/**
 * A model's files cannot be used as they are: missing, truncated, inconsistent, or of a kind that is not supported. The
 * message is one sentence that names the file and what is wrong in it. To a command line it is wrong input.
 */
public final class ModelFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** {@code problem} says what is wrong in {@code file}, without a full stop. */
    public ModelFormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /** The same, with the error that showed it. */
    public ModelFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
