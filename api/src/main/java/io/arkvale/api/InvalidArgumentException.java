package io.arkvale.api;

/** A value outside its range, a wrong shape or element type; with immediate value checks also a non-finite value. */
public final class InvalidArgumentException extends ImmediateException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with one clear sentence. */
    public InvalidArgumentException(String message) {
        super(message);
    }
}
