package io.arkvale.experiments;

/** Output was lost: a full disk, a closed stream. Its message is one sentence for the user. */
public final class OutputLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with its sentence and what caused it. */
    public OutputLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
