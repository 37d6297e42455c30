package io.arkvale.api;

/** A call that the protocol of {@link Step} does not allow at this point. */
public final class CallOrderException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with one clear sentence. */
    public CallOrderException(String message) {
        super(message);
    }
}
