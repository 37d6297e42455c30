package io.arkvale.api;

/** A sequence that an earlier deferred error concerned; it can only be closed. */
public final class PoisonedSequenceException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with one clear sentence. */
    public PoisonedSequenceException(String message) {
        super(message);
    }
}
