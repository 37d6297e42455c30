package io.arkvale.api;

/** The object, or what owns it, is closed. */
public final class ClosedException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with one clear sentence. */
    public ClosedException(String message) {
        super(message);
    }
}
