package io.arkvale.experiments;

/** Wrong usage or input: its message is one sentence for the user, naming the value and what would be right. */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with its sentence. */
    public UserException(String message) {
        super(message);
    }

    /** Creates the error with its sentence and what caused it. */
    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
